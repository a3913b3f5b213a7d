package org.sparkadept.pipeline.job;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.DataStreamWriter;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.Aside;
import org.sparkadept.pipeline.output.ExistingOutput;
import org.sparkadept.pipeline.output.FileFormats;
import org.sparkadept.pipeline.output.OutputSpec;
import org.sparkadept.pipeline.output.ResultWriter;
import org.sparkadept.udfs.table.TextColumns;

/**
 * Classifies the rows that were added to an input since the last run with the same checkpoint.
 *
 * <p>Each row once: Spark's checkpoint names, before a batch is run, the input that it takes. A
 * batch that was killed is run again with the same input. Files of the output carry the name of
 * their batch, and those that its first attempt has put in place are replaced; tables take the
 * batch by Spark's own sink, and their own transactions. One run at a time has the checkpoint.
 */
final class IncrementalRun {
  private final SparkSession spark;
  private final ClassifySpec spec;
  private final TextColumns text;
  private final String run;
  private final UnaryOperator<Dataset<Row>> classified;
  private final Map<Aside, Column> asides;
  private final Configuration configuration;
  private boolean firstBatch = true;

  /**
   * @param text where the text of a row is
   * @param run a name that no other run has
   * @param classified rows with their answers
   * @param asides which rows may go to a folder of their own
   */
  IncrementalRun(
      SparkSession spark,
      ClassifySpec spec,
      TextColumns text,
      String run,
      UnaryOperator<Dataset<Row>> classified,
      Map<Aside, Column> asides,
      Configuration configuration) {
    this.spark = spark;
    this.spec = spec;
    this.text = text;
    this.run = run;
    this.classified = classified;
    this.asides = asides;
    this.configuration = configuration;
  }

  /** Where the result is. */
  String location() {
    OutputSpec output = spec.output();
    return FileFormats.canonical(output.location(), output.format(), configuration);
  }

  void run() {
    InputReader.requireStreamable(spec.input());
    try (Checkpoint checkpoint = Checkpoint.open(spec, text, run, configuration)) {
      StructType schema =
          checkpoint.inputSchema().orElseGet(() -> InputReader.open(spark, spec.input()).schema());
      InputFit fit = new InputFit(spark, spec.input(), text, schema, checkpoint.logs());
      if (spec.output().isFolder()) {
        fit.checkNew();
        checkOutput(schema);
      }
      checkpoint.lease().check();
      if (checkpoint.inputSchema().isEmpty()) {
        checkpoint.claim(spec, schema);
      }
      if (spec.output().isFolder()) {
        ResultWriter.removeStaged(spec.output(), checkpoint.batchPrefix(), configuration);
      }
      Dataset<Row> input = InputReader.stream(spark, spec.input(), schema);
      if (spec.output().isFolder()) {
        fit.check(input.schema());
      }
      StreamingQuery query = start(input, checkpoint, fit);
      checkpoint.lease().whenLost(() -> stop(query));
      query.awaitTermination();
      checkpoint.lease().check();
    } catch (StreamingQueryException e) {
      throw new IllegalStateException(e.cause() == null ? e : e.cause());
    } catch (TimeoutException e) {
      throw new AdeptException("The incremental run could not begin: " + e.getMessage(), e);
    }
  }

  private void checkOutput(StructType schema) {
    Dataset<Row> none = spark.createDataFrame(List.of(), schema);
    ExistingOutput.check(spark, spec.output(), classified.apply(none).schema(), configuration);
  }

  private static void stop(StreamingQuery query) {
    try {
      query.stop();
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private StreamingQuery start(Dataset<Row> input, Checkpoint checkpoint, InputFit fit)
      throws TimeoutException {
    OutputSpec output = spec.output();
    if (output.isFolder()) {
      VoidFunction2<Dataset<Row>, Long> writing =
          (batch, number) -> writeBatch(batch, number, checkpoint, fit);
      return stream(input, checkpoint).foreachBatch(writing).start();
    }
    DataStreamWriter<Row> writer =
        stream(classified.apply(input), checkpoint)
            .options(output.options())
            .partitionBy(output.partitionBy().toArray(String[]::new));
    return output.format().equals("table")
        ? writer.toTable(output.location())
        : writer.format(output.format()).start(output.location());
  }

  private static DataStreamWriter<Row> stream(Dataset<Row> rows, Checkpoint checkpoint) {
    return rows.writeStream()
        .trigger(Trigger.AvailableNow())
        .option("checkpointLocation", checkpoint.folder().toString());
  }

  private void writeBatch(Dataset<Row> batch, long number, Checkpoint checkpoint, InputFit fit) {
    fit.checkBatch(number);
    String name = checkpoint.batchPrefix() + String.format(Locale.ROOT, "%06d", number);
    try (ResultWriter writer =
        ResultWriter.begin(spec.output().appending(), name + "-" + run, configuration)) {
      Dataset<Row> rows =
          InputReader.repartitioned(
              batch.sparkSession(), batch, spec.input().format(), spec.partitions());
      writer.write(classified.apply(rows), asides);
      writer.commitBatch(name + "-", firstBatch, checkpoint.lease()::check);
      firstBatch = false;
    }
  }
}
