package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;
import static j2html.TagCreator.section;

import j2html.tags.DomContent;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.sparkadept.pipeline.report.data.Evaluation;
import org.sparkadept.pipeline.report.data.Evaluation.ClassFigures;
import org.sparkadept.pipeline.report.data.Evaluation.LabelFigures;
import org.sparkadept.pipeline.report.data.InputCounts;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.BarPlot;
import org.sparkadept.pipeline.report.plot.Figure;
import org.sparkadept.pipeline.report.plot.Palette;
import org.sparkadept.pipeline.report.text.DisplayText;
import org.sparkadept.pipeline.report.text.Numbers;

/** The page of {@code adept evaluate}. */
final class EvaluationPage {
  private static final int MAX_BARS = 40;
  private static final int MAX_MATRIX = 40;
  private static final int MAX_PAIRS = 50;
  private static final int HEADING_LIMIT = 22;

  private EvaluationPage() {}

  static HtmlReport of(Evaluation evaluation) {
    InputCounts input = evaluation.input();
    HtmlReport page =
        new HtmlReport("Evaluation")
            .fact("Rows", Cell.count(evaluation.rows()))
            .fact("Classes", Cell.derived(Numbers.count(evaluation.labels().size())))
            .fact("Accuracy", Cell.percent(evaluation.accuracy()))
            .fact("Accuracy at full depth", Cell.percent(evaluation.fullDepthAccuracy()));
    if (evaluation.multiLabel() != null) {
      page.fact("Micro-F1", Cell.percent(evaluation.multiLabel().microF1()))
          .fact("Micro-F1 at full depth", Cell.percent(evaluation.multiLabel().fullDepthMicroF1()))
          .fact("Macro-F1", Cell.percent(evaluation.multiLabel().macroF1()))
          .fact("Macro-F1 at full depth", Cell.percent(evaluation.multiLabel().fullDepthMacroF1()));
    }
    return page.fact("Agreement with full depth", Cell.percent(evaluation.agreement()))
        .fact("Compute, of full depth", Cell.percent(evaluation.compute()))
        .fact("Compute, of the checkpoint's layers", Cell.percent(evaluation.computeOfCheckpoint()))
        .fact("Time", Cell.seconds(evaluation.seconds()))
        .fact("Time at full depth", Cell.seconds(evaluation.fullDepthSeconds()))
        .fact("Faster by a factor of", Cell.derived(Numbers.fixed(evaluation.speedup(), 2)))
        .fact("Policy", evaluation.policy())
        .fact("Threshold τ", Cell.decimal(evaluation.threshold()))
        .fact("Least score of an answer", Cell.decimal(evaluation.minScore()))
        .fact("Rows without a label, skipped", Cell.count(input.nullLabels()))
        .fact("Rows without a text, skipped", Cell.count(input.nullTexts()))
        .fact("Rows with an unknown label, counted as wrong", Cell.count(input.unknownLabels()))
        .fact("Rows that could not be scored", Cell.count(input.errors()))
        .fact("Truncated rows", Cell.count(input.truncated()))
        .provenance(evaluation.provenance())
        .with(
            Sections.frontier(evaluation.frontier(), evaluation.fullDepthAccuracy()),
            section(
                h2("Exit layers"),
                exits(evaluation),
                Elements.plot(exitsByClass(evaluation)),
                Elements.folded("Rows by class and exit layer", exitCounts(evaluation))),
            Sections.reliability(evaluation.reliability()),
            Sections.coverage(
                evaluation.coverage(), Evaluation.BOUND_CONFIDENCE, evaluation.minScore()),
            evaluation.multiLabel() == null ? confusion(evaluation) : labels(evaluation));
  }

  /** Where rows may have several labels. */
  private static DomContent labels(Evaluation evaluation) {
    return section(
        h2("Labels"),
        p(
            "A row may have several labels. It counts as right where it is answered with all of"
                + " them and no other."),
        Elements.dataTable(
            "Each label: rows that have it, and how they are found",
            List.of("Label", "Rows", "Recall", "Precision", "F1", "Threshold"),
            evaluation.classes(),
            figures -> {
              LabelFigures label = evaluation.multiLabel().labels().get(figures.index());
              return List.of(
                  Cell.text(figures.label()),
                  Cell.count(figures.rows()),
                  Cell.derived(Numbers.percent(figures.recall())),
                  Cell.derived(Numbers.percent(figures.precision())),
                  Cell.percent(label.f1()),
                  Cell.decimal(label.threshold()));
            }));
  }

  private static DomContent exits(Evaluation evaluation) {
    return Elements.dataTable(
        "Rows that exited after each layer, and what all rows would get there",
        List.of(
            "Layer",
            "Rows",
            "Share",
            "Accuracy of these",
            "Accuracy of all",
            "Agreement of all with full depth"),
        evaluation.exits(),
        exit ->
            List.of(
                Cell.count(exit.layer()),
                Cell.count(exit.rows()),
                Cell.derived(Numbers.percent(evaluation.share(exit))),
                Cell.percent(exit.accuracyHere()),
                Cell.percent(exit.headAccuracy()),
                Cell.percent(exit.agreement())));
  }

  /** Shares of each class's rows; of many classes, those that go deepest. */
  private static Figure exitsByClass(Evaluation evaluation) {
    List<ClassFigures> all =
        evaluation.classes().stream().filter(c -> Double.isFinite(c.meanExitLayer())).toList();
    List<ClassFigures> classes = all;
    String caption = "Exit layer by true class; darker means deeper.";
    if (all.size() > MAX_BARS) {
      classes =
          all.stream()
              .sorted(Comparator.comparingDouble(ClassFigures::meanExitLayer).reversed())
              .limit(MAX_BARS)
              .toList();
      caption +=
          " Shown are the "
              + MAX_BARS
              + " classes of "
              + Numbers.count(all.size())
              + " that go deepest on average.";
    }
    BarPlot plot =
        new BarPlot(
            classes.stream().map(ClassFigures::label).toList(),
            Axis.shares("Rows of the class").between(0, 1.02));
    List<Evaluation.Exit> exits = evaluation.exits();
    for (int i = 0; i < exits.size(); i++) {
      int exit = i;
      plot.part(
          "layer " + exits.get(exit).layer(),
          Palette.ordered(Palette.position(exit, exits.size())),
          classes.stream().map(c -> evaluation.exitShare(c.index(), exit)).toList());
    }
    return plot.figure(caption);
  }

  private static DomContent exitCounts(Evaluation evaluation) {
    List<String> columns = new ArrayList<>(List.of("Class"));
    evaluation.exits().forEach(exit -> columns.add("Layer " + exit.layer()));
    return Elements.dataTable(
        "Rows by true class and exit layer",
        columns,
        evaluation.classes(),
        figures -> {
          List<Cell> cells = new ArrayList<>(List.of(Cell.text(figures.label())));
          for (long count : evaluation.exitHistogramPerLabel()[figures.index()]) {
            cells.add(Cell.count(count));
          }
          return cells;
        });
  }

  /** The matrix of few classes, the most confused pairs of many. */
  private static DomContent confusion(Evaluation evaluation) {
    int classes = evaluation.labels().size();
    if (classes <= MAX_MATRIX) {
      return section(h2("Confusion"), matrix(evaluation));
    }
    return section(
        h2("Confusion"),
        p(
            "With "
                + Numbers.count(classes)
                + " classes, the pairs that are confused most; the JSON file contains the"
                + " whole matrix."),
        pairs(evaluation));
  }

  private static DomContent matrix(Evaluation evaluation) {
    List<String> columns = new ArrayList<>(List.of("True class"));
    evaluation.labels().forEach(l -> columns.add(DisplayText.shorten(l, HEADING_LIMIT)));
    return Elements.matrix(
        "Rows by true class (down) and predicted label (across); blue is right, orange"
            + " is wrong; a stronger colour means a larger share of the true class",
        columns,
        evaluation.classes(),
        figures -> answers(evaluation, figures));
  }

  private static List<Cell> answers(Evaluation evaluation, ClassFigures figures) {
    int label = figures.index();
    List<Cell> cells = new ArrayList<>(List.of(Cell.text(figures.label())));
    for (int answer = 0; answer < evaluation.labels().size(); answer++) {
      long count = evaluation.confusion()[label][answer];
      Cell cell = Cell.count(count);
      double share = evaluation.answerShare(label, answer);
      cells.add(count == 0 ? cell : cell.on(heat(share, label == answer)));
    }
    return cells;
  }

  /** Right answers grow with their share, wrong ones with its square root: they are few. */
  private static Color heat(double share, boolean right) {
    return right
        ? Palette.tint(Palette.series(0), share)
        : Palette.tint(Palette.series(1), Math.sqrt(share));
  }

  private static DomContent pairs(Evaluation evaluation) {
    return Elements.dataTable(
        "Most confused pairs of classes",
        List.of("True class", "Predicted label", "Rows", "Share of the true class"),
        evaluation.mostConfused(MAX_PAIRS),
        pair ->
            List.of(
                Cell.text(pair.label()),
                Cell.text(pair.answer()),
                Cell.count(pair.rows()),
                Cell.derived(Numbers.percent(pair.share())).on(heat(pair.share(), false))));
  }
}
