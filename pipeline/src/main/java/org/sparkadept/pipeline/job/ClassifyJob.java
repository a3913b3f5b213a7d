package org.sparkadept.pipeline.job;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.AdeptException;
import org.sparkadept.pipeline.output.OutputSpec;
import org.sparkadept.pipeline.output.ResultWriter;
import org.sparkadept.pipeline.progress.ProgressListener;
import org.sparkadept.pipeline.progress.ProgressPrinter;
import org.sparkadept.udfs.classify.ClassifyFunction;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.scoring.ArrowScoring;

/** Reads a table, classifies its rows, writes them with their answers. Runs once. */
public final class ClassifyJob {
  private static final Logger LOG = LoggerFactory.getLogger(ClassifyJob.class);

  private final SparkSession spark;
  private final ClassifySpec spec;
  private final ScoringAccumulator totals;
  private final long start = System.nanoTime();
  private String output;
  private boolean skipped;

  /** Makes a job ready to run. */
  public ClassifyJob(SparkSession spark, ClassifySpec spec) {
    this.spark = spark;
    this.spec = spec;
    totals = ScoringAccumulator.register(spark.sparkContext());
    output = spec.output().location();
  }

  /**
   * Runs the job.
   *
   * @param printer shows the progress
   * @throws AdeptException for what its user can mend; Spark's own exceptions otherwise
   */
  public void run(ProgressPrinter printer) {
    try (ResultWriter writer =
        ResultWriter.begin(spec.output(), RunName.next(), spark.sessionState().newHadoopConf())) {
      output = writer.location();
      if (writer.isDone()) {
        skipped = true;
        return;
      }
      Dataset<Row> result = classified(openInput());
      writeWithProgress(writer, result, printer);
      writer.commit();
    }
  }

  /** What the job has done, also after it failed. */
  public JobResult result() {
    return new JobResult(totals.value(), (System.nanoTime() - start) / 1e9, output, skipped);
  }

  /**
   * The input, dealt out so that every core has a share. Only of files are the parts counted: of a
   * view that would run its query.
   */
  private Dataset<Row> openInput() {
    Dataset<Row> input = InputReader.open(spark, spec.input());
    if (spec.partitions() > 0) {
      return input.repartition(spec.partitions());
    }
    int cores = spark.sparkContext().defaultParallelism();
    if (spec.partitions() == ClassifySpec.PARTITIONS_AUTO
        && OutputSpec.isFileFormat(spec.input().format())
        && input.javaRDD().getNumPartitions() < cores) {
      LOG.info("The input comes in fewer parts than there are cores; dealing it out to {}", cores);
      return input.repartition(cores);
    }
    return input;
  }

  private Dataset<Row> classified(Dataset<Row> input) {
    AdeptConf conf = spec.conf();
    String model =
        conf.modelPath()
            .orElseThrow(
                () ->
                    new AdeptException(
                        "No model is named; say --model DIR or set "
                            + AdeptKey.MODEL_PATH.key()
                            + "."));
    return ArrowScoring.score(
        input,
        spec.input().textColumn(),
        new ClassifyFunction(model, conf.decoderOptions(), totals),
        conf.scoringOptions(spec.outputPrefix()),
        totals);
  }

  private void writeWithProgress(
      ResultWriter writer, Dataset<Row> result, ProgressPrinter printer) {
    ProgressListener listener = new ProgressListener();
    spark.sparkContext().addSparkListener(listener);
    printer.start(listener::progress);
    try {
      writer.write(result);
    } finally {
      printer.stop();
      spark.sparkContext().removeSparkListener(listener);
    }
  }
}
