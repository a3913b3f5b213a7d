package org.sparkadept.pipeline.report.text;

import java.util.ArrayList;
import java.util.List;

/**
 * A table in plain text. The columns are as wide as what they hold; the last one takes what the
 * line has left, and is cut there.
 */
public final class TextTable {
  private static final int GAP = 2;
  private static final int MIN_LAST = 10;

  private final List<List<String>> rows = new ArrayList<>();

  /**
   * @param header names of the columns
   */
  public TextTable(String... header) {
    rows.add(List.of(header));
  }

  /** Adds a row; one value a column. */
  public void add(String... values) {
    rows.add(List.of(values));
  }

  /**
   * The table's lines: header, rule, rows.
   *
   * @param width most columns of a line
   */
  public List<String> lines(int width) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], DisplayText.columns(row.get(i)));
      }
    }
    int before = 0;
    for (int i = 0; i < columns - 1; i++) {
      before += widths[i] + GAP;
    }
    int last = columns - 1;
    widths[last] = Math.max(MIN_LAST, Math.min(widths[last], width - before));

    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      lines.add(line(row, widths));
      if (lines.size() == 1) {
        lines.add("─".repeat(before + widths[last]));
      }
    }
    return lines;
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(i == 0 ? "" : " ".repeat(GAP)).append(DisplayText.fit(row.get(i), widths[i]));
    }
    return line.toString().stripTrailing();
  }
}
