package org.sparkadept.pipeline.demo;

import java.io.PrintWriter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkadept.pipeline.report.text.TerminalPrinter;
import org.sparkadept.pipeline.report.text.TextTable;
import org.sparkadept.udfs.classify.ClassifyFunction;

/** What the demo shows of its result: one row of each topic, and how often the label fits. */
public final class DemoResult {
  private DemoResult() {}

  /**
   * Prints rows of the classified sample.
   *
   * @param result the sample with its answers
   * @param columns width of the terminal
   */
  public static void print(Dataset<Row> result, int columns, PrintWriter out) {
    List<Row> rows =
        result
            .select(
                DemoSample.TOPIC,
                ClassifyFunction.LABEL,
                ClassifyFunction.SCORE,
                ClassifyFunction.EXIT_LAYER,
                DemoSample.TEXT)
            .orderBy("id")
            .collectAsList();
    TextTable table = new TextTable("label", "score", "layer", "topic meant", "text");
    Set<String> shown = new HashSet<>();
    int right = 0;
    for (Row row : rows) {
      String topic = row.getString(0);
      right += topic.equals(row.getString(1)) ? 1 : 0;
      if (!row.isNullAt(1) && shown.add(topic)) {
        table.add(
            row.getString(1),
            String.format(Locale.ROOT, "%.3f", row.getFloat(2)),
            Integer.toString(row.getInt(3)),
            topic,
            row.getString(4));
      }
    }
    new TerminalPrinter(out, columns).table(table);
    out.println();
    out.printf(
        Locale.ROOT,
        "%d of %d labels are the topic that the text was written for.%n",
        right,
        rows.size());
  }
}
