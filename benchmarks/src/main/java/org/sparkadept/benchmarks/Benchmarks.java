package org.sparkadept.benchmarks;

import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point of {@code benchmarks/run}. */
@Command(
    name = "benchmarks/run",
    description = "Repeats the measurements that stand in the documents.",
    mixinStandardHelpOptions = true,
    subcommands = {AccuracyBenchmark.class, SyntheticTable.class})
public final class Benchmarks {
  private Benchmarks() {}

  /**
   * @param args a subcommand and its options
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Benchmarks()).execute(args));
  }

  /** A local session on all cores that says only what matters. */
  static SparkSession session() {
    return SparkSession.builder()
        .master("local[*]")
        .appName("spark-adept benchmarks")
        .config("spark.ui.enabled", false)
        .config("spark.ui.showConsoleProgress", false)
        .getOrCreate();
  }
}
