package org.sparkadept.benchmarks.measure;

import org.apache.spark.sql.SparkSession;

/** Spark in this JVM. */
public final class LocalSpark {
  private LocalSpark() {}

  /**
   * A session on all cores, with a shuffle for as many, without user interface and progress bar.
   */
  public static SparkSession session() {
    return SparkSession.builder()
        .master("local[*]")
        .appName("spark-adept benchmarks")
        .config("spark.ui.enabled", false)
        .config("spark.ui.showConsoleProgress", false)
        .config("spark.sql.shuffle.partitions", Runtime.getRuntime().availableProcessors())
        .getOrCreate();
  }
}
