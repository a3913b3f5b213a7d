package org.sparkadept.udfs;

import org.apache.spark.sql.SparkSession;

/** One Spark session for all tests of the JVM: two task threads, three attempts for each task. */
public final class TestSpark {
  private TestSpark() {}

  /** The session; lives until the JVM ends. */
  public static SparkSession session() {
    return SparkSession.builder()
        .master("local[2,3]")
        .appName("udfs tests")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/warehouse")
        .getOrCreate();
  }
}
