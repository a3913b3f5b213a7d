package org.sparkadept.pipeline.job;

import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.AdeptException;
import org.sparkadept.pipeline.failure.Messages;
import org.sparkadept.pipeline.output.OutputSpec;

/** Reads tables: files of any format, tables of the catalog, databases. */
final class InputReader {
  private InputReader() {}

  /**
   * Opens an input; reads no more of it than its schema asks for.
   *
   * @throws AdeptException if it is not there or cannot be read in this format
   */
  static Dataset<Row> open(SparkSession spark, InputSpec input) {
    try {
      return read(spark, input);
    } catch (Exception e) {
      throw new AdeptException(
          "The input "
              + input.location()
              + " cannot be read as "
              + input.format()
              + ": "
              + Messages.rootCause(e),
          e);
    }
  }

  private static Dataset<Row> read(SparkSession spark, InputSpec input) {
    DataFrameReader reader =
        spark.read().options(OutputSpec.defaultOptions(input.format())).options(input.options());
    return switch (input.format()) {
      case "table" -> reader.table(input.location());
      case "jdbc" -> reader.format("jdbc").option("dbtable", input.location()).load();
      default -> reader.format(input.format()).load(input.location());
    };
  }
}
