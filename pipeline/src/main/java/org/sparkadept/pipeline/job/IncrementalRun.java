package org.sparkadept.pipeline.job;

import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.DataStreamWriter;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.OutputSpec;
import org.sparkadept.pipeline.output.ResultWriter;

/**
 * Classifies the rows that were added to an input since the last run with the same checkpoint.
 *
 * <p>Each row once: Spark's checkpoint names, before a batch is run, the input that it takes. A
 * batch that was killed is run again with the same input. Files of the output carry the name of
 * their batch, and those that its first attempt has put in place are replaced; tables take the
 * batch by Spark's own sink, and their own transactions.
 */
final class IncrementalRun {
  private static final String QUERY_ID = "sql.streaming.queryId";
  private static final int ID_DIGITS = 8;

  private final SparkSession spark;
  private final ClassifySpec spec;
  private final UnaryOperator<Dataset<Row>> classified;
  private final String errorColumn;
  private final Configuration configuration;

  /**
   * @param classified rows with their answers
   * @param errorColumn the column with the reason why a row has no answer
   */
  IncrementalRun(
      SparkSession spark,
      ClassifySpec spec,
      UnaryOperator<Dataset<Row>> classified,
      String errorColumn,
      Configuration configuration) {
    this.spark = spark;
    this.spec = spec;
    this.classified = classified;
    this.errorColumn = errorColumn;
    this.configuration = configuration;
  }

  /** Where the result is. */
  String location() {
    return spec.output().isFolder()
        ? new Path(spec.output().location()).toString()
        : spec.output().location();
  }

  void run() {
    Dataset<Row> input = InputReader.stream(spark, spec.input());
    try {
      start(input).awaitTermination();
    } catch (StreamingQueryException e) {
      throw new IllegalStateException(e.cause() == null ? e : e.cause());
    } catch (TimeoutException e) {
      throw new AdeptException("The incremental run could not begin: " + e.getMessage(), e);
    }
  }

  private StreamingQuery start(Dataset<Row> input) throws TimeoutException {
    OutputSpec output = spec.output();
    if (output.isFolder()) {
      VoidFunction2<Dataset<Row>, Long> writing = this::writeBatch;
      return stream(input).foreachBatch(writing).start();
    }
    DataStreamWriter<Row> writer = stream(classified.apply(input)).options(output.options());
    return output.format().equals("table")
        ? writer.toTable(output.location())
        : writer.format(output.format()).start(output.location());
  }

  private DataStreamWriter<Row> stream(Dataset<Row> rows) {
    return rows.writeStream()
        .trigger(Trigger.AvailableNow())
        .option("checkpointLocation", spec.checkpoint());
  }

  private void writeBatch(Dataset<Row> batch, long number) {
    SparkSession session = batch.sparkSession();
    String query = session.sparkContext().getLocalProperty(QUERY_ID).substring(0, ID_DIGITS);
    String name = String.format("batch-%s-%06d", query, number);
    try (ResultWriter writer = ResultWriter.begin(spec.output().appending(), name, configuration)) {
      Dataset<Row> rows =
          InputReader.repartitioned(session, batch, spec.input().format(), spec.partitions());
      writer.write(classified.apply(rows), errorColumn);
      writer.commitBatch(name + "-");
    }
  }
}
