package org.sparkadept.pipeline.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.sparkadept.pipeline.report.html.Cell;
import org.sparkadept.pipeline.report.html.HtmlReport;
import org.sparkadept.pipeline.report.html.HtmlTable;
import org.sparkadept.pipeline.report.html.Markup;
import org.sparkadept.pipeline.report.html.Numbers;
import org.sparkadept.pipeline.report.html.Palette;

/** Which classes are taken for which. */
final class ConfusionSection {
  private static final int MAX_MATRIX = 40;
  private static final int MAX_PAIRS = 50;
  private static final int HEADING_LIMIT = 22;

  private record Pair(int label, int answer, long rows, long ofLabel) {}

  private ConfusionSection() {}

  static void add(HtmlReport page, Evaluation evaluation) {
    page.section("Confusion");
    if (evaluation.labels().size() <= MAX_MATRIX) {
      page.table(matrix(evaluation));
    } else {
      page.paragraph(
          "With "
              + Numbers.count(evaluation.labels().size())
              + " classes, the pairs that are confused most; the JSON file holds the whole matrix.");
      page.table(pairs(evaluation));
    }
  }

  private static HtmlTable matrix(Evaluation evaluation) {
    List<String> columns = new ArrayList<>(List.of("True class"));
    evaluation.labels().forEach(label -> columns.add(Markup.shorten(label, HEADING_LIMIT)));
    HtmlTable table =
        new HtmlTable(
                "Rows by true class (down) and answer (across); blue is right, orange is wrong, the"
                    + " stronger the larger its share of the true class",
                columns)
            .steepHeader();
    for (int label = 0; label < evaluation.labels().size(); label++) {
      long[] answers = evaluation.confusion()[label];
      long sum = CountTable.sum(answers);
      List<Cell> cells = new ArrayList<>(List.of(Cell.text(evaluation.labels().get(label))));
      for (int answer = 0; answer < answers.length; answer++) {
        Cell cell = Cell.count(answers[answer]);
        cells.add(
            answers[answer] == 0 ? cell : cell.upon(heat(answers[answer], sum, label == answer)));
      }
      table.row(cells);
    }
    return table;
  }

  /** Right answers grow with their share, wrong ones with its square root: they are few. */
  private static Color heat(long rows, long ofLabel, boolean right) {
    double share = CountTable.share(rows, ofLabel);
    return right
        ? Palette.tint(Palette.series(0), share)
        : Palette.tint(Palette.series(1), Math.sqrt(share));
  }

  private static HtmlTable pairs(Evaluation evaluation) {
    HtmlTable table =
        new HtmlTable(
            "Most confused pairs of classes",
            List.of("True class", "Answer", "Rows", "Share of the true class"));
    for (Pair pair : mostConfused(evaluation.confusion())) {
      table.row(
          Cell.text(evaluation.labels().get(pair.label)),
          Cell.text(evaluation.labels().get(pair.answer)),
          Cell.count(pair.rows),
          Cell.derived(Numbers.percent(CountTable.share(pair.rows, pair.ofLabel)))
              .upon(heat(pair.rows, pair.ofLabel, false)));
    }
    return table;
  }

  private static List<Pair> mostConfused(long[][] confusion) {
    List<Pair> pairs = new ArrayList<>();
    for (int label = 0; label < confusion.length; label++) {
      long sum = CountTable.sum(confusion[label]);
      for (int answer = 0; answer < confusion.length; answer++) {
        if (answer != label && confusion[label][answer] > 0) {
          pairs.add(new Pair(label, answer, confusion[label][answer], sum));
        }
      }
    }
    pairs.sort(Comparator.comparingLong(Pair::rows).reversed());
    return pairs.subList(0, Math.min(MAX_PAIRS, pairs.size()));
  }
}
