package org.sparkadept.pipeline.job;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.Columns;
import org.sparkadept.pipeline.output.FileFormats;

/**
 * Whether an incremental job's input still has the columns that it had in the first run. If not,
 * its answers could not be read together with those that the output has.
 */
final class InputFit {
  /** How many files at most are looked at to name one that does not fit. */
  private static final int FILES = 200;

  private final SparkSession spark;
  private final InputSpec input;
  private final StructType expected;

  /**
   * @param expected the columns of the first run
   */
  InputFit(SparkSession spark, InputSpec input, StructType expected) {
    this.spark = spark;
    this.input = input;
    this.expected = expected;
  }

  /**
   * Checks the whole input.
   *
   * @throws AdeptException if its columns differ
   */
  void check() {
    Dataset<Row> now = InputReader.openToCompare(spark, input, input.locations());
    Optional<String> difference = Columns.difference(expected, now.schema(), input.format());
    if (difference.isPresent()) {
      throw new AdeptException(
          "The input "
              + input.describe()
              + " differs from what this checkpoint began with: "
              + difference.get()
              + culprit(now)
              + ". Correct the new files, or use a new --checkpoint and a new --output.");
    }
  }

  /** The newest file that alone differs, in words; empty if there is none. */
  private String culprit(Dataset<Row> rows) {
    if (!FileFormats.isFileFormat(input.format())) {
      return "";
    }
    List<Path> newest =
        Arrays.stream(rows.inputFiles())
            .map(file -> new Path(URI.create(file)))
            .sorted(Comparator.comparingLong(this::modified).reversed())
            .limit(FILES)
            .toList();
    for (Path file : newest) {
      StructType columns =
          InputReader.openToCompare(spark, input, List.of(file.toString())).schema();
      if (Columns.difference(expected, columns, input.format()).isPresent()) {
        return " (" + file + ")";
      }
    }
    return "";
  }

  private long modified(Path file) {
    try {
      return file.getFileSystem(spark.sessionState().newHadoopConf())
          .getFileStatus(file)
          .getModificationTime();
    } catch (IOException e) {
      return 0;
    }
  }
}
