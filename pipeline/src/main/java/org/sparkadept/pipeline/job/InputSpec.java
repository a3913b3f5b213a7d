package org.sparkadept.pipeline.job;

import java.util.List;
import java.util.Map;
import org.sparkadept.udfs.table.TextColumns;

/**
 * Tables to read as one.
 *
 * @param locations paths; or tables' names where the format is {@code table} or {@code jdbc}
 * @param format a Spark data source, or {@code table}
 * @param options options of the data source
 * @param schema the columns, as SQL's DDL writes them; null: those that Spark finds
 * @param textColumn name of the column with the text, or its path where it is the field of a
 *     struct; null: those that the model's prompt reads, or {@link TextColumns#DEFAULT}
 */
public record InputSpec(
    List<String> locations,
    String format,
    Map<String, String> options,
    String schema,
    String textColumn) {
  /** The option that names the column with the text. */
  public static final String TEXT_OPTION = "--text-column";

  /**
   * Where the text of a row is.
   *
   * @param prompt the columns that the model's prompt reads; empty where it has none
   * @throws org.sparkadept.decoder.error.AdeptException if one column is named, and it reads
   *     several
   */
  public TextColumns text(List<String> prompt) {
    List<String> given = textColumn == null ? List.of() : List.of(textColumn);
    return TextColumns.of(prompt, given, TEXT_OPTION);
  }

  /** The locations in words. */
  public String describe() {
    return String.join(", ", locations);
  }
}
