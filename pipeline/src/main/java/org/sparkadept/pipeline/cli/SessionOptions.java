package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.sparkadept.pipeline.job.Sessions;
import org.sparkadept.pipeline.progress.ProgressPrinter;
import org.sparkadept.pipeline.progress.Terminal;
import picocli.CommandLine.Option;

/** Arguments of every command that starts Spark: the session, and what is shown. */
class SessionOptions {
  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "Configuration key of Spark or spark-adept. Repeatable.")
  Map<String, String> conf = new LinkedHashMap<>();

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master. Default: spark-submit's, else local[*].")
  String master;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress and no summary table.")
  boolean quiet;

  @Option(names = "--verbose", description = "Print Spark's log, and stack traces of failures.")
  boolean verbose;

  SparkConf sparkConf() {
    return Sessions.sparkConf(master, conf);
  }

  Terminal terminal() {
    return Terminal.of(System.getenv(Terminal.COLUMNS));
  }

  ProgressPrinter printer(PrintWriter err) {
    return new ProgressPrinter(err, terminal(), quiet);
  }
}
