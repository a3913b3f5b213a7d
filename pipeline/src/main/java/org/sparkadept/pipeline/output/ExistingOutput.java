package org.sparkadept.pipeline.output;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A folder of files to which rows are to be added: both together must be one readable table. */
public final class ExistingOutput {
  /** Formats that have numbers, booleans and text, and no other types. */
  private static final Set<String> UNTYPED = Set.of("json", "xml");

  private final SparkSession spark;
  private final OutputSpec spec;
  private final FileSystem files;

  private ExistingOutput(SparkSession spark, OutputSpec spec, FileSystem files) {
    this.spark = spark;
    this.spec = spec;
    this.files = files;
  }

  /**
   * Checks format, partition columns and columns of what is there by its first file. Tables and
   * sources with commits of their own check for themselves.
   *
   * @param result the columns of the rows to add
   * @throws OutputException if they do not fit
   */
  public static void check(
      SparkSession spark, OutputSpec spec, StructType result, Configuration configuration) {
    if (!spec.isFolder()) {
      return;
    }
    for (Aside aside : spec.asides().keySet()) {
      check(spark, spec.forAside(aside), result, configuration);
    }
    Path folder = new Path(spec.location());
    try {
      FileSystem files = folder.getFileSystem(configuration);
      new ExistingOutput(spark, spec, files).check(folder, result);
    } catch (FileNotFoundException e) {
      return; // Nothing is there yet.
    } catch (IOException e) {
      throw new OutputException("The output " + folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  private void check(Path folder, StructType result) throws IOException {
    List<String> partitions = new ArrayList<>();
    Optional<Path> file = firstFile(folder, partitions);
    if (file.isEmpty()) {
      return;
    }
    Optional<String> format = FileFormats.ofFile(file.get().getName());
    if (format.isPresent() && !format.get().equals(spec.format())) {
      throw differs("expected format " + spec.format() + ", found " + format.get(), file.get());
    }
    if (!lower(partitions).equals(lower(spec.partitionBy()))) {
      throw differs(
          "expected " + partitions(spec.partitionBy()) + ", found " + partitions(partitions),
          file.get());
    }
    if (spec.format().equals("csv") && spec.options().getOrDefault("header", "").equals("false")) {
      return; // There are no names to compare.
    }
    StructType columns = new StructType();
    for (StructField field : result.fields()) {
      boolean inName = lower(partitions).contains(field.name().toLowerCase(Locale.ROOT));
      columns = inName ? columns : columns.add(stored(field));
    }
    Optional<String> difference =
        Columns.difference(columns, schema(file.get()), spec.format(), false);
    if (difference.isPresent()) {
      throw differs(difference.get(), file.get());
    }
  }

  /**
   * A file with data.
   *
   * @param partitions gets the columns that the names of the folders above it speak of
   */
  private Optional<Path> firstFile(Path folder, List<String> partitions) throws IOException {
    RemoteIterator<FileStatus> all = files.listStatusIterator(folder);
    while (all.hasNext()) {
      FileStatus status = all.next();
      String name = status.getPath().getName();
      if (!FolderMerge.isData(name)) {
        continue;
      }
      if (!status.isDirectory() && status.getLen() > 0) {
        return Optional.of(status.getPath());
      }
      if (status.isDirectory() && name.contains("=")) {
        List<String> below = new ArrayList<>(List.of(name.substring(0, name.indexOf('='))));
        Optional<Path> file = firstFile(status.getPath(), below);
        if (file.isPresent()) {
          partitions.addAll(below);
          return file;
        }
      }
    }
    return Optional.empty();
  }

  /** A field as Spark finds it in a file. */
  private StructField stored(StructField field) {
    return new StructField(field.name(), stored(field.dataType()), true, field.metadata());
  }

  /** All that csv holds is text; so are, in json and xml, dates and the like. */
  private DataType stored(DataType type) {
    boolean csv = spec.format().equals("csv");
    if (!csv && !UNTYPED.contains(spec.format())) {
      boolean small = type instanceof ByteType || type instanceof ShortType;
      return small && spec.format().equals("avro") ? DataTypes.IntegerType : type;
    }
    if (type instanceof StructType struct) {
      StructType fields = new StructType();
      for (StructField field : struct.fields()) {
        fields = fields.add(stored(field));
      }
      return fields;
    }
    if (type instanceof ArrayType array) {
      return new ArrayType(stored(array.elementType()), true);
    }
    if (type instanceof MapType && !csv) {
      return type;
    }
    if (type instanceof DecimalType && !csv) {
      return DataTypes.DoubleType;
    }
    boolean value = type instanceof NumericType || type instanceof BooleanType;
    return value && !csv ? type : DataTypes.StringType;
  }

  private StructType schema(Path file) {
    try {
      return spark
          .read()
          .options(FileFormats.readOptions(spec.format()))
          .options(spec.options())
          .option("dropFieldIfAllNull", "true")
          .option(FileFormats.GLOB_PATHS, "false")
          .format(spec.format())
          .load(file.toString())
          .schema();
    } catch (Exception e) { // Spark, being Scala, throws checked exceptions undeclared.
      throw new OutputException(
          "The output " + file + " cannot be read as " + spec.format() + ": " + e.getMessage(), e);
    }
  }

  private OutputException differs(String difference, Path file) {
    return new OutputException(
        "The output "
            + spec.location()
            + " has other rows than those to be added: "
            + difference
            + " ("
            + file
            + "). Choose another --output, or --mode overwrite.");
  }

  private static List<String> lower(List<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }

  private static String partitions(List<String> columns) {
    return columns.isEmpty()
        ? "no partition columns"
        : "partitions by " + String.join(", ", columns);
  }
}
