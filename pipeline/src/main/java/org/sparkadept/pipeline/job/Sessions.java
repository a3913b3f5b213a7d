package org.sparkadept.pipeline.job;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.status.api.v1.ExecutorSummary;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/** Spark sessions for jobs, and the configuration that they run under. */
public final class Sessions {
  /** Environment variable: the folder that {@code adept.conf} lies in. */
  public static final String CONF_DIR = "ADEPT_CONF_DIR";

  private static final String CONF_FILE = "adept.conf";

  /**
   * Settings with which a local session starts fast and is not reachable; users may override them.
   * Progress comes with the heartbeats. They are not more frequent, since Spark's heartbeat thread
   * dies where it runs before the session has started up (a local executor then registers anew with
   * a scheduler that is only there on clusters), and with it the progress. A task that is out of
   * memory fails, and does not end the JVM (code 52), so that the command can report it.
   */
  private static final Map<String, String> LOCAL_DEFAULTS =
      Map.of(
          "spark.ui.enabled", "false",
          "spark.driver.host", "127.0.0.1",
          "spark.driver.bindAddress", "127.0.0.1",
          "spark.executor.heartbeatInterval", "5s",
          "spark.executor.killOnFatalError.depth", "0");

  private Sessions() {}

  /**
   * The configuration of a run, still without the arguments of the call.
   *
   * @param confFolder folder of {@code adept.conf}; may be null, and the file may be absent
   * @param spark Spark's conf
   * @throws AdeptException if a key under {@code spark.adept.} does not exist
   */
  public static AdeptConf adeptConf(String confFolder, SparkConf spark) {
    AdeptConf conf = AdeptConf.defaults();
    if (confFolder != null && Files.exists(Path.of(confFolder, CONF_FILE))) {
      conf = conf.over(Path.of(confFolder, CONF_FILE));
    }
    Map<String, String> entries = new HashMap<>();
    for (Tuple2<String, String> entry : spark.getAll()) {
      entries.put(entry._1(), entry._2());
    }
    return conf.over(entries, "Spark's configuration");
  }

  /**
   * Spark's conf: that of spark-submit and of system properties, then the arguments of the call.
   *
   * @param master {@code --master}, or null
   * @param arguments {@code --conf}
   */
  public static SparkConf sparkConf(String master, Map<String, String> arguments) {
    SessionStart.nameHost();
    SparkConf conf = new SparkConf();
    arguments.forEach(conf::set);
    if (master != null) {
      conf.setMaster(master);
    }
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.app.name", "adept");
    // Dates and times pass through as java.time objects, which lose nothing.
    conf.set("spark.sql.datetime.java8API.enabled", "true");
    if (conf.get("spark.master").startsWith("local")) {
      LOCAL_DEFAULTS.forEach(conf::setIfMissing);
    }
    return conf;
  }

  /** Whether this JVM has a session already, which is then not ours to stop. */
  public static boolean isRunning() {
    return SparkSession.getDefaultSession().isDefined();
  }

  /** Cores of all executors that the application has now. */
  static int cores(SparkSession spark) {
    int cores = 0;
    for (ExecutorSummary executor :
        CollectionConverters.asJava(spark.sparkContext().statusStore().executorList(true))) {
      cores += executor.totalCores();
    }
    return cores > 0 ? cores : spark.sparkContext().defaultParallelism();
  }

  /**
   * A session of the same tables and functions, with the keys of a configuration over its settings;
   * the given one keeps its own.
   */
  public static SparkSession withSettings(SparkSession spark, AdeptConf conf) {
    SparkSession own = ((org.apache.spark.sql.classic.SparkSession) spark).cloneSession();
    conf.entries().forEach(own.conf()::set);
    return own;
  }

  /**
   * Starts a session, or takes the one that runs in this JVM already, which does not get our keys:
   * {@link #withSettings} is for these.
   *
   * @throws AdeptException if it cannot start under this configuration or on this machine
   */
  public static SparkSession start(SparkConf conf) {
    if (isRunning()) {
      for (Tuple2<String, String> entry : conf.getAllWithPrefix(AdeptKey.PREFIX)) {
        conf.remove(AdeptKey.PREFIX + entry._1());
      }
      return SparkSession.builder().config(conf).getOrCreate();
    }
    return SessionStart.of(conf);
  }
}
