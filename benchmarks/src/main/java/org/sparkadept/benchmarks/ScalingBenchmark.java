package org.sparkadept.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.benchmarks.measure.LocalSpark;
import org.sparkadept.benchmarks.measure.Rounds;
import org.sparkadept.benchmarks.step.Launcher;
import org.sparkadept.benchmarks.step.LauncherOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Time of whole jobs on one core and on all, of tables that come in parts of several kinds. */
@Command(
    name = "scaling",
    description = {
      "Time of 'bin/adept classify' on one core and on all: of a table in even files, of one in a",
      "single file, and of one whose first file has four fifths of the rows. Each job in a JVM of",
      "its own; in turns (A B A B …); medians. Times are those of the job's summary, the start of",
      "Spark not included. The rows are JSON lines, plain or gzipped, with a field text."
    },
    mixinStandardHelpOptions = true)
final class ScalingBenchmark implements Callable<Integer> {
  private static final int MIN_ROUNDS = 3;
  private static final double SKEW = 0.8;
  private static final long SEED = 1;

  @Option(names = "--model", required = true, description = "Model directory.")
  private Path model;

  @Option(names = "--rows", required = true, description = "The rows.")
  private String rows;

  @Option(names = "--limit", defaultValue = "2147483647", description = "Most rows to use.")
  private int limit;

  @Option(
      names = "--repeat",
      defaultValue = "1",
      description = "How often each row is used; from the second time on with a number behind it.")
  private int repeat;

  @Option(names = "--policy", defaultValue = "model", description = "Exit policy of the rows.")
  private String policy;

  @Option(names = "--rounds", defaultValue = "3", description = "Rounds, at least 3.")
  private int rounds;

  @Mixin private LauncherOption adept;

  @Spec private CommandSpec spec;

  /**
   * A job to time.
   *
   * @param table folder of Parquet files
   * @param asItComes whether it keeps the parts that the files come in
   */
  private record Job(String table, int cores, boolean asItComes) {}

  /**
   * What a job took.
   *
   * @param idle share of the cores' time without a task
   */
  private record Measured(double seconds, double idle) {}

  @Override
  public Integer call() throws Exception {
    if (rounds < MIN_ROUNDS) {
      throw new ParameterException(spec.commandLine(), "--rounds must be at least 3.");
    }
    Path folder = Files.createTempDirectory("adept-scaling");
    Launcher launcher = new Launcher(adept.program(), folder.resolve("logs"));
    long count = write(folder);
    int cores = Runtime.getRuntime().availableProcessors();
    List<Job> jobs = new ArrayList<>();
    for (String table : List.of("even files", "one file", "uneven files")) {
      jobs.add(new Job(table, 1, false));
      jobs.add(new Job(table, cores, false));
      jobs.add(new Job(table, cores, true));
    }
    List<List<Measured>> measured = new ArrayList<>();
    jobs.forEach(job -> measured.add(new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < jobs.size(); i++) {
        measured.get(i).add(run(launcher, folder, jobs.get(i)));
      }
    }
    print(jobs, measured, count);
    // After a failure it stays: the message names a log in it.
    FileUtil.fullyDelete(folder.toFile());
    return 0;
  }

  /** Writes the tables; returns their number of rows. */
  private long write(Path folder) throws IOException {
    try (SparkSession spark = LocalSpark.session()) {
      Dataset<Row> texts =
          spark
              .read()
              .json(rows)
              .select("text")
              .where("text is not null")
              .limit(limit)
              .crossJoin(spark.range(repeat))
              .selectExpr("if(id = 0, text, concat(text, ' ', id)) text")
              .cache();
      int files = 8 * Runtime.getRuntime().availableProcessors();
      texts.repartition(files).write().parquet(folder.resolve("even files").toString());
      texts.coalesce(1).write().parquet(folder.resolve("one file").toString());
      Dataset<Row>[] parts = texts.randomSplit(new double[] {SKEW, 1 - SKEW}, SEED);
      String uneven = folder.resolve("uneven files").toString();
      parts[0].coalesce(1).write().parquet(uneven);
      parts[1].repartition(files).write().mode(SaveMode.Append).parquet(uneven);
      return texts.count();
    }
  }

  private Measured run(Launcher launcher, Path folder, Job job)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Path summary = folder.resolve("summary.json");
    List<String> args = new ArrayList<>(List.of("classify", "--quiet", "--mode", "overwrite"));
    args.addAll(List.of("--input", folder.resolve(job.table()).toString()));
    args.addAll(List.of("--output", output.toString(), "--summary", summary.toString()));
    args.addAll(List.of("--model", model.toString(), "--policy", policy));
    args.addAll(List.of("--master", "local[" + job.cores() + "]"));
    if (job.asItComes()) {
      args.addAll(List.of("--partitions", "0"));
    }
    launcher.run("classify", args);
    JsonNode told = new ObjectMapper().readTree(summary.toFile());
    return new Measured(told.get("seconds").asDouble(), told.get("idle_share").asDouble());
  }

  private void print(List<Job> jobs, List<List<Measured>> measured, long count) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT, "%n%,d rows, policy %s, medians of %d rounds%n%n", count, policy, rounds);
    out.print("| table | cores | parts | time s | rows/s | cores idle | over one core |\n");
    out.print("|---|---|---|---|---|---|---|\n");
    double oneCore = 0;
    for (int i = 0; i < jobs.size(); i++) {
      Job job = jobs.get(i);
      double seconds = median(measured.get(i).stream().mapToDouble(Measured::seconds).toArray());
      double idle = median(measured.get(i).stream().mapToDouble(Measured::idle).toArray());
      oneCore = job.cores() == 1 ? seconds : oneCore;
      out.printf(
          Locale.ROOT,
          "| %s | %d | %s | %.2f | %,.0f | %.1f %% | %.2f |%n",
          job.table(),
          job.cores(),
          job.asItComes() ? "as they come" : "automatic",
          seconds,
          count / seconds,
          100 * idle,
          oneCore / seconds);
    }
    out.flush();
  }

  private static double median(double[] values) {
    return Rounds.Spread.of(values).median();
  }
}
