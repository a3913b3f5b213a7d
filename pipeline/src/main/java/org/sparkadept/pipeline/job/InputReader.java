package org.sparkadept.pipeline.job;

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
import org.sparkadept.pipeline.output.OutputSpec;
import org.sparkadept.udfs.ipc.ArrowFileFormat;

/** Reads tables: files of any format, tables of the catalog, databases. */
public final class InputReader {
  private static final Logger LOG = LoggerFactory.getLogger(InputReader.class);

  private static final String ARROW = "arrow";
  private static final String[] NO_FILES = {};

  private InputReader() {}

  /**
   * Opens an input; reads no more of it than the schema needs.
   *
   * @throws AdeptException if it is not there or cannot be read in this format
   */
  public static Dataset<Row> open(SparkSession spark, InputSpec input) {
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

  /**
   * Opens an input, repartitioned where it has fewer partitions than there are cores. Only those of
   * files are counted: counting those of a view would run its query.
   *
   * @param partitions as in {@link ClassifySpec#partitions()}
   * @throws AdeptException if it is not there or cannot be read in this format
   */
  public static Dataset<Row> open(SparkSession spark, InputSpec spec, int partitions) {
    Dataset<Row> input = open(spark, spec);
    return repartitioned(spark, input, spec.format(), partitions);
  }

  /**
   * Opens an input for incremental runs: its rows come in batches, each row once.
   *
   * @throws AdeptException if it is not there or cannot be read in this way
   */
  public static Dataset<Row> stream(SparkSession spark, InputSpec input) {
    if (input.format().equals("jdbc")) {
      throw new AdeptException(
          "jdbc does not report which rows are new, so --incremental cannot read it; use"
              + " files, Delta Lake or Iceberg.");
    }
    StructType schema = open(spark, input).schema();
    try {
      DataStreamReader reader =
          spark
              .readStream()
              .options(OutputSpec.defaultOptions(input.format()))
              .options(input.options());
      if (input.format().equals("table")) {
        return reader.table(input.location());
      }
      reader.format(input.format());
      return OutputSpec.isFileFormat(input.format())
          ? reader.schema(schema).load(input.location())
          : reader.load(input.location());
    } catch (Exception e) {
      throw new AdeptException(
          "The input "
              + input.location()
              + " cannot be read incrementally as "
              + input.format()
              + ": "
              + Messages.rootCause(e),
          e);
    }
  }

  /** Repartitions files of fewer partitions than there are cores. */
  static Dataset<Row> repartitioned(
      SparkSession spark, Dataset<Row> input, String format, int partitions) {
    if (partitions > 0) {
      return input.repartition(partitions);
    }
    int cores = spark.sparkContext().defaultParallelism();
    if (partitions == ClassifySpec.PARTITIONS_AUTO
        && OutputSpec.isFileFormat(format)
        && parts(spark, input, format, cores) < cores) {
      LOG.info(
          "The input comes in fewer parts than there are cores; repartitioning it to {}", cores);
      return input.repartition(cores);
    }
    return input;
  }

  /**
   * In how many parts with rows an input comes; files of Arrow may have fewer than Spark thinks.
   */
  private static int parts(SparkSession spark, Dataset<Row> input, String format, int cores) {
    int partitions = input.javaRDD().getNumPartitions();
    String[] files = format.equals(ARROW) && partitions >= cores ? input.inputFiles() : NO_FILES;
    return files.length == 0
        ? partitions
        : ArrowFileFormat.parts(files, cores, spark.sessionState().newHadoopConf());
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
