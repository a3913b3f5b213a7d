package org.sparkadept.udfs.table;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.error.AdeptException;

/**
 * The columns that the text of a row is read from.
 *
 * @param columns one, or those that the model's prompt reads, in its order
 * @param ofPrompt whether a prompt reads them, which writes numbers, dates and booleans as text
 */
public record TextColumns(List<NamedColumn> columns, boolean ofPrompt) {
  /** Where a row has one text and nobody says in which column. */
  public static final String DEFAULT = "text";

  private static final String OF_PROMPT = "the model's prompt";

  /** One column with texts. */
  public static TextColumns of(NamedColumn column) {
    return new TextColumns(List.of(column), false);
  }

  /**
   * The columns for a model.
   *
   * @param prompt the columns that its prompt reads; empty where it has none
   * @param given columns that the user names, in the prompt's order; empty to take those that the
   *     prompt names
   * @param option that names them
   * @throws AdeptException if these are not as many as the prompt reads
   */
  public static TextColumns of(List<String> prompt, List<String> given, String option) {
    List<String> read = prompt.isEmpty() ? List.of(DEFAULT) : prompt;
    if (!given.isEmpty() && given.size() != read.size()) {
      throw new AdeptException(
          String.format(
              "%s names %d column%s (%s), but the model's prompt reads %d: %s. Leave it out, and name"
                  + " the input's columns so.",
              option,
              given.size(),
              given.size() == 1 ? "" : "s",
              String.join(", ", given),
              read.size(),
              String.join(", ", read)));
    }
    List<NamedColumn> columns = new ArrayList<>();
    for (int i = 0; i < read.size(); i++) {
      columns.add(
          given.isEmpty()
              ? new NamedColumn(read.get(i), prompt.isEmpty() ? option : OF_PROMPT)
              : new NamedColumn(given.get(i), option));
    }
    return new TextColumns(columns, !prompt.isEmpty());
  }

  /** The columns' names. */
  public List<String> names() {
    return columns.stream().map(NamedColumn::name).toList();
  }

  /** The columns' names, for people. */
  @Override
  public String toString() {
    return String.join(", ", names());
  }
}
