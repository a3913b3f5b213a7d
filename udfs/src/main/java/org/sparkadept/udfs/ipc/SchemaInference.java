package org.sparkadept.udfs.ipc;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkadept.decoder.error.AdeptException;

/**
 * The schema of a folder: that of its first file, compared with all others. Otherwise a column that
 * only some files have would be dropped, or fail the job halfway.
 */
final class SchemaInference {
  private static final int FILES_PER_TASK = 16;

  private SchemaInference() {}

  private record Listed(String path, long length) implements Serializable {
    private static final long serialVersionUID = 1L;

    static Listed of(FileStatus status) {
      return new Listed(status.getPath().toString(), status.getLen());
    }

    StructType schema(Configuration configuration) {
      try (IpcFile file = IpcFile.open(new Path(path), length, configuration)) {
        return new FileColumns(file).schema();
      } catch (IOException e) {
        throw new UncheckedIOException(
            "The Arrow file " + path + " cannot be read: " + e.getMessage(), e);
      }
    }
  }

  /**
   * @param files at least one
   * @param all whether to read all files and not only the first
   * @throws AdeptException if a file cannot be read, or has another schema than the first
   */
  static StructType infer(
      SparkSession spark, List<FileStatus> files, boolean all, Configuration configuration) {
    List<Listed> sorted =
        files.stream()
            .sorted(Comparator.comparing((FileStatus file) -> file.getPath().toString()))
            .map(Listed::of)
            .toList();
    Listed first = sorted.get(0);
    StructType schema = first.schema(configuration);
    if (all && sorted.size() > 1) {
      List<Listed> others = new ArrayList<>(sorted.subList(1, sorted.size()));
      List<String> differences = differences(spark, schema, others, configuration);
      if (!differences.isEmpty()) {
        throw new AdeptException(
            String.format(
                "The Arrow files %s and %s. Files of one table have the same columns;"
                    + " read files of different schemas separately.",
                first.path(), differences.get(0)));
      }
    }
    return schema;
  }

  private static List<String> differences(
      SparkSession spark, StructType schema, List<Listed> files, Configuration configuration) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> broadcast =
        context.broadcast(new SerializableConfiguration(configuration));
    try {
      int tasks = (files.size() + FILES_PER_TASK - 1) / FILES_PER_TASK;
      return context
          .parallelize(files, tasks)
          .map(file -> difference(schema, file, broadcast.value().value()))
          .filter(difference -> !difference.isEmpty())
          .take(1);
    } finally {
      broadcast.destroy();
    }
  }

  /** What is different in a file, as the end of a sentence; empty if nothing is. */
  private static String difference(StructType schema, Listed file, Configuration configuration) {
    Map<String, DataType> ours = types(schema);
    Map<String, DataType> theirs = types(file.schema(configuration));
    for (Map.Entry<String, DataType> column : ours.entrySet()) {
      DataType other = theirs.remove(column.getKey());
      if (other == null) {
        return file.path() + " differ: only the first has a column '" + column.getKey() + "'";
      }
      if (!other.equals(column.getValue())) {
        return String.format(
            "%s differ: column '%s' is %s in the first and %s in the second",
            file.path(), column.getKey(), column.getValue().sql(), other.sql());
      }
    }
    return theirs.isEmpty()
        ? ""
        : String.format(
            "%s differ: only the second has a column '%s'",
            file.path(), theirs.keySet().iterator().next());
  }

  private static Map<String, DataType> types(StructType schema) {
    Map<String, DataType> types = new TreeMap<>();
    for (StructField field : schema.fields()) {
      types.put(field.name(), field.dataType());
    }
    return types;
  }
}
