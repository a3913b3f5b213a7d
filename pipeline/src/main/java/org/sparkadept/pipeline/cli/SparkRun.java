package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.pipeline.job.Sessions;

/** A Spark session around a piece of work. */
final class SparkRun {
  private SparkRun() {}

  /**
   * Starts Spark, or takes the session that this JVM has; stops it at the end if it was started
   * here.
   */
  static void with(
      SessionOptions options, SparkConf sparkConf, PrintWriter err, Consumer<SparkSession> work) {
    if (!options.quiet) {
      err.println("adept: starting Spark (" + sparkConf.get("spark.master") + ")");
      err.flush();
    }
    boolean ours = !Sessions.isRunning();
    SparkSession spark = Sessions.start(sparkConf);
    try {
      if (options.verbose) {
        spark.sparkContext().setLogLevel("INFO");
      }
      work.accept(spark);
    } catch (Error e) {
      // The exception handler receives exceptions only.
      throw new IllegalStateException(e);
    } finally {
      if (ours) {
        spark.stop();
      }
    }
  }
}
