package org.sparkadept.udfs.batch;

import java.util.Map;

/**
 * A batch function as SQL calls it: {@code name(argument, … [, options])}, the options being a
 * constant {@code MAP<STRING, STRING>}. Implementations that {@link java.util.ServiceLoader} finds
 * are there in every session; {@link org.sparkadept.udfs.plan.ArrowFunctions#register} adds one to
 * a session at any time.
 */
public interface ArrowSqlFunction {

  /** The name that SQL calls it by. */
  String name();

  /** The text of {@code DESCRIBE FUNCTION}: a line for the call, and its result. */
  String usage();

  /**
   * The function that a call means. Runs on the driver while the query is analysed.
   *
   * @param options the call's options; empty where it has none
   * @param conf the session's configuration, all keys
   * @throws org.sparkadept.decoder.error.AdeptException if an option or a key is wrong
   */
  ArrowBatchFunction bind(Map<String, String> options, Map<String, String> conf);
}
