package org.sparkadept.pipeline.job;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.DataStreamReader;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.failure.Messages;
import org.sparkadept.pipeline.output.Columns;
import org.sparkadept.pipeline.output.FileFormats;

/** Reads tables: files of any format, tables of the catalog, databases. */
public final class InputReader {
  private static final Logger LOG = LoggerFactory.getLogger(InputReader.class);

  /** Files may come that are old: by default Spark leaves out those of more than a week. */
  private static final String ANY_AGE = "36500d";

  /** What Spark says of a folder without files of a format. */
  private static final String NO_SCHEMA = "UNABLE_TO_INFER_SCHEMA";

  private static final String NO_FILE =
      "there is no file to find the columns in. Check the path and the format, or give the columns"
          + " with --input-schema.";

  /** Formats whose columns Spark finds in all files together; those of others in one of them. */
  private static final Set<String> INFERRED_FROM_ALL = Set.of("json", "xml", "text");

  private InputReader() {}

  /**
   * Opens an input; reads no more of it than the schema needs.
   *
   * @throws AdeptException if it is not there or cannot be read in this format
   */
  public static Dataset<Row> open(SparkSession spark, InputSpec input) {
    Dataset<Row> all = null;
    for (List<String> together : grouped(input)) {
      String names = String.join(", ", together);
      Dataset<Row> some = reading(input, names, "", () -> read(spark, input, together));
      if (all != null) {
        requireSameColumns(all, some, names);
      }
      all = all == null ? some : all.unionByName(some);
    }
    return all;
  }

  /**
   * The columns that files have, all together; without those in the names of their folders, and of
   * json without those that have no value.
   *
   * @throws AdeptException if they cannot be read, or two of them have a column in two types
   */
  static StructType columnsOfFiles(SparkSession spark, InputSpec input, List<Path> files) {
    Map<String, String> options =
        Map.of(
            "dropFieldIfAllNull", "true", "mergeSchema", "true", FileFormats.GLOB_PATHS, "false");
    List<String> locations = files.stream().map(Path::toString).toList();
    return reading(
            input, locations.get(0), "", () -> reader(spark, input, options).load(array(locations)))
        .schema();
  }

  /**
   * The files of an input.
   *
   * @param columns of the input
   */
  static List<Path> files(SparkSession spark, InputSpec input, StructType columns) {
    return input.locations().stream()
        .map(
            location ->
                reading(
                    input,
                    location,
                    "",
                    () -> reader(spark, input, Map.of()).schema(columns).load(location)))
        .flatMap(rows -> Arrays.stream(rows.inputFiles()))
        .map(file -> new Path(URI.create(file)))
        .toList();
  }

  /** Whether each value of some files can be read as a value of its column. */
  static boolean isReadable(
      SparkSession spark, InputSpec input, List<Path> files, StructType columns) {
    try {
      reader(spark, input, Map.of(FileFormats.GLOB_PATHS, "false"))
          .schema(columns)
          .option("mode", "FAILFAST")
          .load(array(files.stream().map(Path::toString).toList()))
          .write()
          .format("noop")
          .mode("overwrite")
          .save();
      return true;
    } catch (Exception e) { // Spark, being Scala, throws checked exceptions undeclared.
      LOG.debug("A value does not fit its column", e);
      return false;
    }
  }

  /** Locations that Spark reads as one: it finds the columns of some formats in all files. */
  private static List<List<String>> grouped(InputSpec input) {
    return INFERRED_FROM_ALL.contains(input.format())
        ? List.of(input.locations())
        : input.locations().stream().map(List::of).toList();
  }

  private static void requireSameColumns(Dataset<Row> all, Dataset<Row> some, String location) {
    Optional<String> difference = Columns.difference(all.schema(), some.schema(), "parquet", false);
    if (difference.isPresent()) {
      throw new AdeptException(
          "The input "
              + location
              + " has other columns than the inputs before it: "
              + difference.get()
              + ". Classify it apart, or give the columns with --input-schema.");
    }
  }

  private static <T> T reading(InputSpec input, String location, String how, Supplier<T> open) {
    try {
      return open.get();
    } catch (Exception e) { // Spark, being Scala, throws checked exceptions undeclared.
      String why = Messages.rootCause(e);
      throw new AdeptException(
          String.format(
              "The input %s cannot be read %sas %s: %s",
              location, how, input.format(), why.contains(NO_SCHEMA) ? NO_FILE : why),
          e);
    }
  }

  /**
   * Opens an input, repartitioned where files come in parts that would leave cores idle. Those of
   * other inputs are left: to count the parts of a view would run its query.
   *
   * @param partitions as in {@link ClassifySpec#partitions()}
   * @throws AdeptException if it is not there or cannot be read in this format
   */
  public static Dataset<Row> open(SparkSession spark, InputSpec spec, int partitions) {
    Dataset<Row> input = open(spark, spec);
    return repartitioned(spark, input, spec.format(), partitions);
  }

  /**
   * Checks that a format can tell which rows are new.
   *
   * @throws AdeptException if it cannot
   */
  static void requireStreamable(InputSpec input) {
    if (input.format().equals("jdbc")) {
      throw new AdeptException(
          "jdbc does not report which rows are new, so --incremental cannot read it; use"
              + " files, Delta Lake or Iceberg.");
    }
  }

  /**
   * Opens an input for incremental runs: its rows come in batches, each row once.
   *
   * @param schema the columns of files; those that turn up later are not read
   * @throws AdeptException if it is not there or cannot be read in this way
   */
  static Dataset<Row> stream(SparkSession spark, InputSpec input, StructType schema) {
    return input.locations().stream()
        .map(
            location ->
                reading(
                    input,
                    location,
                    "incrementally ",
                    () -> stream(spark, input, location, schema)))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  private static Dataset<Row> stream(
      SparkSession spark, InputSpec input, String location, StructType schema) {
    DataStreamReader reader =
        spark
            .readStream()
            .options(FileFormats.readOptions(input.format()))
            .option("maxFileAge", ANY_AGE)
            .options(input.options());
    if (input.format().equals("table")) {
      return reader.table(location);
    }
    reader.format(input.format());
    return FileFormats.isFileFormat(input.format())
        ? reader.schema(schema).load(location)
        : reader.load(location);
  }

  /** Repartitions files that come in parts that would leave cores idle. */
  static Dataset<Row> repartitioned(
      SparkSession spark, Dataset<Row> input, String format, int partitions) {
    if (partitions > 0) {
      return input.repartition(partitions);
    }
    if (partitions == ClassifySpec.PARTITIONS_AUTO && FileFormats.isFileFormat(format)) {
      int cores = spark.sparkContext().defaultParallelism();
      int wanted = InputParts.wanted(input, format, cores);
      if (wanted > 0) {
        LOG.info(
            "The input comes in parts for which {} cores would wait; it is dealt out in {}",
            cores,
            wanted);
        return input.repartition(wanted);
      }
    }
    return input;
  }

  private static Dataset<Row> read(SparkSession spark, InputSpec input, List<String> locations) {
    DataFrameReader reader = reader(spark, input, Map.of());
    if (input.schema() != null && !FileFormats.isFileFormat(input.format())) {
      throw new AdeptException(
          "--input-schema is for files; " + input.format() + " knows its columns.");
    }
    return switch (input.format()) {
      case "table" -> reader.table(locations.get(0));
      case "jdbc" -> reader.option("dbtable", locations.get(0)).load();
      default -> reader.load(array(locations));
    };
  }

  private static DataFrameReader reader(
      SparkSession spark, InputSpec input, Map<String, String> more) {
    DataFrameReader reader =
        spark
            .read()
            .format(input.format())
            .options(FileFormats.readOptions(input.format()))
            .options(more)
            .options(input.options());
    return input.schema() == null ? reader : reader.schema(input.schema());
  }

  private static String[] array(List<String> locations) {
    return locations.toArray(String[]::new);
  }
}
