package org.sparkadept.benchmarks;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.benchmarks.measure.LocalSpark;
import org.sparkadept.benchmarks.measure.Rounds;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.classify.ClassifyFunction;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.table.ArrowScoring;
import org.sparkadept.udfs.table.NamedColumn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Rows per second of a whole Spark job, beside the engine alone. */
@Command(
    name = "job",
    description = {
      "Rows per second of a Spark job (Parquet in, the answers to Parquet or nowhere out) beside",
      "the engine alone (Classifier.classify with the texts in memory, tokenizer included), and of",
      "the same job with a function that does nothing in the engine's place. One process, the",
      "same rows, model and cores, in turns (A B A B …) after a turn each to warm up; medians.",
      "The model is loaded before."
    },
    mixinStandardHelpOptions = true)
final class JobBenchmark implements Callable<Integer> {
  private static final int MIN_ROUNDS = 3;
  private static final int BATCH = 4096;

  @Option(names = "--model", required = true, description = "Model directory.")
  private Path model;

  @Option(
      names = "--table",
      required = true,
      description = "A Parquet table with a column text; the command table makes one.")
  private String table;

  @Option(names = "--rounds", defaultValue = "3", description = "Rounds, at least 3.")
  private int rounds;

  @Spec private CommandSpec spec;

  /** What is timed: all rows, once. */
  private record TimedJob(String name, Callable<Void> run) {
    double seconds() throws Exception {
      long start = System.nanoTime();
      run.call();
      return (System.nanoTime() - start) / 1e9;
    }
  }

  @Override
  public Integer call() throws Exception {
    if (rounds < MIN_ROUNDS) {
      throw new ParameterException(spec.commandLine(), "--rounds must be at least 3.");
    }
    Path output = Files.createTempDirectory("adept-job");
    try (SparkSession spark = LocalSpark.session();
        LoadedModel loaded = LoadedModel.open(model, ComputeOptions.defaults())) {
      ClassifierOptions options = ClassifierOptions.defaults();
      Classifier classifier = loaded.classifier(options);
      byte[][] texts = texts(spark);
      ClassifyFunction classify =
          new ClassifyFunction(ModelLocation.local(model), ComputeOptions.defaults(), options, 0);
      List<String> fields = classify.fields();
      ArrowBatchFunction noOp = new NoOpFunction(classify);
      List<TimedJob> jobs =
          List.of(
              new TimedJob("engine alone", () -> engine(classifier, texts)),
              new TimedJob("job, to Parquet", () -> job(spark, classify, fields, output)),
              new TimedJob("job, to nowhere", () -> job(spark, classify, fields, null)),
              new TimedJob("no-op, to Parquet", () -> job(spark, noOp, fields, output)),
              new TimedJob("no-op, to nowhere", () -> job(spark, noOp, fields, null)));
      print(jobs, measure(jobs), texts.length);
    } finally {
      FileUtil.fullyDelete(output.toFile());
    }
    return 0;
  }

  private byte[][] texts(SparkSession spark) {
    List<String> rows =
        spark
            .read()
            .parquet(table)
            .select("text")
            .where("text is not null")
            .as(Encoders.STRING())
            .collectAsList();
    if (rows.isEmpty()) {
      throw new AdeptException("The table " + table + " has no text.");
    }
    return rows.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
  }

  private double[] measure(List<TimedJob> jobs) throws Exception {
    List<Rounds.Runner> runners = new ArrayList<>();
    jobs.forEach(job -> runners.add(least -> job.seconds()));
    return Rounds.run(runners, rounds, 0, 0).medians();
  }

  /** All texts in batches as large as the job's, a thread a core. */
  private static Void engine(Classifier classifier, byte[][] texts) throws Exception {
    int threads = Runtime.getRuntime().availableProcessors();
    AtomicInteger next = new AtomicInteger();
    Callable<Void> worker =
        () -> {
          for (int at = next.getAndAdd(BATCH); at < texts.length; at = next.getAndAdd(BATCH)) {
            classifier.classify(Arrays.copyOfRange(texts, at, Math.min(texts.length, at + BATCH)));
          }
          return null;
        };
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Void> done : pool.invokeAll(Collections.nCopies(threads, worker))) {
        done.get();
      }
    } finally {
      pool.shutdown();
    }
    return null;
  }

  /**
   * @param output a folder that is replaced; null throws the answers away
   */
  private Void job(
      SparkSession spark, ArrowBatchFunction function, List<String> fields, Path output) {
    Dataset<Row> answers =
        ArrowScoring.score(
            spark.read().parquet(table), new NamedColumn("text", "--data"), function, fields, "");
    if (output == null) {
      answers.write().format("noop").mode(SaveMode.Overwrite).save();
    } else {
      answers.write().mode(SaveMode.Overwrite).parquet(output.resolve("answers").toString());
    }
    return null;
  }

  private void print(List<TimedJob> jobs, double[] seconds, int rows) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%n%,d rows, %d cores, medians of %d rounds%n%n",
        rows,
        Runtime.getRuntime().availableProcessors(),
        rounds);
    out.print("| | time s | rows/s | of the engine alone |\n|---|---|---|---|\n");
    for (int i = 0; i < seconds.length; i++) {
      out.printf(
          Locale.ROOT,
          "| %s | %.3f | %,.0f | %.3f |%n",
          jobs.get(i).name(),
          seconds[i],
          rows / seconds[i],
          seconds[0] / seconds[i]);
    }
    out.flush();
  }
}
