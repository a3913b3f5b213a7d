package org.sparkadept.udfs.batch;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A batch function as SQL calls it: {@code f(argument, …)} and options, either by name, {@code
 * f(argument, option => 5)}, or as a constant map, {@code f(argument, map('option', 5))}; a value
 * is a STRING, a number or a BOOLEAN. Implementations that {@link java.util.ServiceLoader} finds
 * are there in every session; {@link org.sparkadept.udfs.plan.ArrowFunctions#register} adds one to
 * a session at any time.
 */
public interface ArrowSqlFunction {

  /** The name that SQL calls it by. */
  String name();

  /** The names of its arguments, in order, for calls that give them by name; may be empty. */
  default List<String> argumentNames() {
    return List.of();
  }

  /** The names of its options; their case does not count. */
  default Collection<String> optionNames() {
    return List.of();
  }

  /** The text of {@code DESCRIBE FUNCTION}: a line for the call, and its result. */
  String usage();

  /**
   * Whether a key of the session's configuration is part of what a call means. Views and SQL
   * functions capture the values of such keys when they are created, as they do with Spark's own:
   * the calls within them are bound with these, whatever the session that reads them has set.
   */
  default boolean captures(String key) {
    return false;
  }

  /**
   * The function that a call means. Runs on the driver while the query is analysed.
   *
   * @param options the call's options as text, by {@link #optionNames}; empty where it has none
   * @param conf the session's configuration, all keys
   * @throws org.sparkadept.decoder.error.AdeptException if a value of an option or a key is wrong
   */
  ArrowBatchFunction bind(Map<String, String> options, Map<String, String> conf);
}
