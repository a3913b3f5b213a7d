package org.sparkadept.pipeline.output;

import java.util.Map;
import java.util.Set;

/**
 * Where and how a result is written.
 *
 * @param location a path; or a table's name where the format is {@code table} or {@code jdbc}
 * @param format a Spark data source, or {@code table}
 * @param options options of the data source
 * @param mode what to do where the output exists
 */
public record OutputSpec(
    String location, String format, Map<String, String> options, OutputMode mode) {

  /** Formats that write plain files into a folder. */
  private static final Set<String> FILE_FORMATS =
      Set.of("parquet", "orc", "json", "csv", "text", "avro", "xml");

  /**
   * What files of a format are like unless options say otherwise. For csv that is what most
   * programs write and read: a header, and quotes doubled inside of quotes.
   */
  public static Map<String, String> defaultOptions(String format) {
    return format.equals("csv") ? Map.of("header", "true", "escape", "\"") : Map.of();
  }

  /** Whether a format is one of plain files. */
  public static boolean isFileFormat(String format) {
    return FILE_FORMATS.contains(format);
  }

  /** Whether the result is a folder of plain files, which is committed by renaming it. */
  public boolean isFolder() {
    return isFileFormat(format);
  }
}
