package org.sparkadept.pipeline.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.sparkadept.pipeline.report.html.Cell;
import org.sparkadept.pipeline.report.html.Figure;
import org.sparkadept.pipeline.report.html.HtmlReport;
import org.sparkadept.pipeline.report.html.HtmlTable;
import org.sparkadept.pipeline.report.html.Numbers;
import org.sparkadept.pipeline.report.html.Palette;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.BarPlot;

/** Where the rows left, over all and class by class. */
final class ExitSection {
  private static final int MAX_BARS = 40;

  private ExitSection() {}

  static void add(HtmlReport page, Evaluation evaluation) {
    page.section("Exit layers");
    page.table(layers(evaluation));
    page.figure(histogram(evaluation));
    page.foldedTable("Rows by class and exit layer", counts(evaluation));
  }

  private static HtmlTable layers(Evaluation evaluation) {
    HtmlTable table =
        new HtmlTable(
            "Rows answered at each layer, and what each exit head knows of all rows",
            List.of(
                "Layer",
                "Rows",
                "Share",
                "Accuracy of these",
                "Head's accuracy",
                "Head agrees with full depth"));
    for (ExitRow exit : evaluation.exits()) {
      table.row(
          Cell.count(exit.layer()),
          Cell.count(exit.rows()),
          Cell.derived(Numbers.percent(CountTable.share(exit.rows(), evaluation.rows()))),
          Cell.percent(exit.accuracyHere()),
          Cell.percent(exit.headAccuracy()),
          Cell.percent(exit.agreement()));
    }
    return table;
  }

  /** Shares of each class's rows; of many classes, those that go deepest. */
  private static Figure histogram(Evaluation evaluation) {
    List<Integer> classes = deepest(evaluation);
    List<ExitRow> exits = evaluation.exits();
    BarPlot plot =
        new BarPlot(
            classes.stream().map(evaluation.labels()::get).toList(),
            Axis.shares("Rows of the class").between(0, 1.02));
    for (int exit = 0; exit < exits.size(); exit++) {
      List<Double> shares = new ArrayList<>();
      for (int label : classes) {
        long[] counts = evaluation.exitHistogramPerLabel()[label];
        shares.add((double) counts[exit] / CountTable.sum(counts));
      }
      Color color = Palette.ordered(Palette.position(exit, exits.size()));
      plot.part("layer " + exits.get(exit).layer(), color, shares);
    }
    long withRows =
        IntStream.range(0, evaluation.labels().size()).filter(i -> hasRows(evaluation, i)).count();
    String caption = "The layer that answered, by true class: darker bars went deeper.";
    return plot.figure(
        classes.size() == withRows
            ? caption
            : caption
                + " Shown are the "
                + classes.size()
                + " classes of "
                + Numbers.count(withRows)
                + " that go deepest on average.");
  }

  private static boolean hasRows(Evaluation evaluation, int label) {
    return CountTable.sum(evaluation.exitHistogramPerLabel()[label]) > 0;
  }

  private static List<Integer> deepest(Evaluation evaluation) {
    List<Integer> classes =
        IntStream.range(0, evaluation.labels().size())
            .filter(label -> hasRows(evaluation, label))
            .boxed()
            .toList();
    if (classes.size() <= MAX_BARS) {
      return classes;
    }
    return classes.stream()
        .sorted(Comparator.comparingDouble(label -> -meanLayer(evaluation, label)))
        .limit(MAX_BARS)
        .toList();
  }

  private static double meanLayer(Evaluation evaluation, int label) {
    long[] counts = evaluation.exitHistogramPerLabel()[label];
    double sum = 0;
    for (int exit = 0; exit < counts.length; exit++) {
      sum += (double) counts[exit] * evaluation.exits().get(exit).layer();
    }
    return sum / CountTable.sum(counts);
  }

  private static HtmlTable counts(Evaluation evaluation) {
    List<String> columns = new ArrayList<>(List.of("Class"));
    evaluation.exits().forEach(exit -> columns.add("Layer " + exit.layer()));
    HtmlTable table = new HtmlTable("Rows by true class and exit layer", columns);
    for (int label = 0; label < evaluation.labels().size(); label++) {
      List<Cell> cells = new ArrayList<>(List.of(Cell.text(evaluation.labels().get(label))));
      for (long count : evaluation.exitHistogramPerLabel()[label]) {
        cells.add(Cell.count(count));
      }
      table.row(cells);
    }
    return table;
  }
}
