package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.pipeline.failure.SessionWatch;
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
    try (SessionWatch watch = SessionWatch.begin(spark.sparkContext())) {
      if (options.verbose) {
        Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.INFO);
      }
      watch.run(() -> work.accept(spark));
    } catch (Throwable e) { // Spark, being Scala, throws checked exceptions undeclared.
      if (ours && !options.verbose) {
        // The failure is reported in one line; tasks that are stopped with Spark would add theirs.
        Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
      }
      throw e;
    } finally {
      if (ours) {
        spark.stop();
      }
    }
  }
}
