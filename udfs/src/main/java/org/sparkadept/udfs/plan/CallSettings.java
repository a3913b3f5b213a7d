package org.sparkadept.udfs.plan;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.internal.SQLConf;
import org.sparkadept.udfs.batch.ArrowSqlFunction;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The settings that a call is bound with. Those that are part of its meaning are those in force
 * where the call was written: within a view or a SQL function, when that was created. All others
 * are the session's.
 */
final class CallSettings {
  private CallSettings() {}

  /** The settings for a call that is analysed now. */
  static Map<String, String> of(ArrowSqlFunction function) {
    Map<String, String> here = CollectionConverters.asJava(SQLConf.get().getAllConfs());
    Map<String, String> settings = new HashMap<>(session(here));
    settings.keySet().removeIf(function::captures);
    here.forEach(
        (key, value) -> {
          if (function.captures(key)) {
            letSparkCapture(key);
            settings.put(key, value);
          }
        });
    return settings;
  }

  /** The session's settings, which within a view or a SQL function are not those in force. */
  private static Map<String, String> session(Map<String, String> inForce) {
    return SparkSession.getActiveSession().isEmpty()
        ? inForce
        : CollectionConverters.asJava(SparkSession.active().conf().getAll());
  }

  /**
   * Spark captures the settings that it knows. A query is analysed before a view or a function is
   * made of it, so what one of its calls is bound with is known by then.
   */
  private static void letSparkCapture(String key) {
    synchronized (SQLConf.class) { // for all class loaders that have this class
      if (!SQLConf.get().isModifiable(key)) {
        SQLConf.buildConf(key).stringConf().createOptional();
      }
    }
  }
}
