package org.sparkadept.pipeline;

import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.pipeline.job.Sessions;

/** One Spark session for all tests of the JVM; commands that run in this JVM use it too. */
public final class TestSpark {
  private TestSpark() {}

  /** The session; lives until the JVM ends. */
  public static SparkSession session() {
    return Sessions.start(
        Sessions.sparkConf(
            "local[2]",
            Map.of(
                "spark.sql.shuffle.partitions", "2",
                "spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/warehouse",
                "spark.executor.heartbeatInterval", "2s")));
  }
}
