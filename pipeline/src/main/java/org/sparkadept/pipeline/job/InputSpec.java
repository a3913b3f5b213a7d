package org.sparkadept.pipeline.job;

import java.util.List;
import java.util.Map;

/**
 * Tables to read as one.
 *
 * @param locations paths; or tables' names where the format is {@code table} or {@code jdbc}
 * @param format a Spark data source, or {@code table}
 * @param options options of the data source
 * @param schema the columns, as SQL's DDL writes them; null: those that Spark finds
 * @param textColumn name of the column with the text, or its path where it is the field of a struct
 */
public record InputSpec(
    List<String> locations,
    String format,
    Map<String, String> options,
    String schema,
    String textColumn) {

  /** The locations in words. */
  public String describe() {
    return String.join(", ", locations);
  }
}
