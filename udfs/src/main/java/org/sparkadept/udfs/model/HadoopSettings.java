package org.sparkadept.udfs.model;

import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** What a Hadoop file system is opened with: on the driver as found, on executors as sent. */
final class HadoopSettings {
  private HadoopSettings() {}

  /**
   * Hadoop's configuration as Spark makes it: that of this thread's session, with all that the
   * session has set, and the {@code spark.hadoop.} keys given for what it has not.
   */
  static Configuration here(Map<String, String> sparkHadoop) {
    SparkConf conf = new SparkConf(false);
    sparkHadoop.forEach(conf::set);
    Configuration given = SparkHadoopUtil.get().newConfiguration(conf);
    Option<SparkSession> session = SparkSession.getActiveSession();
    if (session.isEmpty()) {
      session = SparkSession.getDefaultSession();
    }
    if (session.isEmpty()) {
      return given;
    }
    Configuration own =
        ((org.apache.spark.sql.classic.SparkSession) session.get()).sessionState().newHadoopConf();
    toSend(own).forEach(given::set);
    return given;
  }

  /** What differs from the defaults that come with Hadoop, which every machine has. */
  static HashMap<String, String> toSend(Configuration configuration) {
    HashMap<String, String> settings = new HashMap<>();
    for (Map.Entry<String, String> entry : configuration) {
      String name = entry.getKey();
      if (!name.startsWith("spark.") && !isDefault(configuration.getPropertySources(name))) {
        settings.put(name, entry.getValue());
      }
    }
    return settings;
  }

  private static boolean isDefault(String[] sources) {
    return sources != null
        && sources.length > 0
        && sources[sources.length - 1].endsWith("-default.xml");
  }

  /** The configuration that {@link #toSend} was taken from, on another machine. */
  static Configuration received(Map<String, String> settings) {
    Configuration configuration = new Configuration();
    settings.forEach(configuration::set);
    return configuration;
  }
}
