package org.sparkadept.pipeline.report.text;

import static org.sparkadept.pipeline.report.text.TerminalPrinter.percent;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.sparkadept.pipeline.report.data.Evaluation;
import org.sparkadept.pipeline.report.data.Evaluation.ClassFigures;
import org.sparkadept.pipeline.report.data.Evaluation.ConfusedPair;
import org.sparkadept.pipeline.report.data.Evaluation.LabelFigures;
import org.sparkadept.pipeline.report.data.FrontierPoint;
import org.sparkadept.pipeline.report.data.InputCounts;

/** An evaluation as tables in a terminal. */
public final class EvaluationText {
  private static final double[] TARGETS = {0.999, 0.995, 0.99, 0.98};
  private static final int MAX_PAIRS = 10;
  private static final int MAX_CLASSES = 40;

  private final Evaluation evaluation;
  private final TerminalPrinter printer;

  private EvaluationText(Evaluation evaluation, TerminalPrinter printer) {
    this.evaluation = evaluation;
    this.printer = printer;
  }

  /**
   * Prints an evaluation.
   *
   * @param columns width of the terminal
   */
  public static void print(Evaluation evaluation, int columns, PrintWriter out) {
    EvaluationText text = new EvaluationText(evaluation, new TerminalPrinter(out, columns));
    text.figures();
    text.exits();
    text.classes();
    text.confused();
    text.coverage();
    text.frontier();
    out.flush();
  }

  private void figures() {
    printer.space();
    input();
    String threshold =
        Double.isNaN(evaluation.threshold()) ? "" : ", τ = " + evaluation.threshold();
    printer.value("policy", "%s%s", evaluation.policy(), threshold);
    Evaluation.MultiLabel multiLabel = evaluation.multiLabel();
    printer.value(
        "accuracy",
        multiLabel == null
            ? "%s, at full depth %s"
            : "%s of the rows have exactly the right labels, at full depth %s",
        percent(evaluation.accuracy()),
        percent(evaluation.fullDepthAccuracy()));
    if (multiLabel != null) {
      f1("micro-F1", multiLabel.microF1(), multiLabel.fullDepthMicroF1());
      f1("macro-F1", multiLabel.macroF1(), multiLabel.fullDepthMacroF1());
    }
    printer.value("agreement", "%s with full depth", percent(evaluation.agreement()));
    printer.value(
        "compute",
        "%s of full depth's FLOPs, %s of the checkpoint's",
        percent(evaluation.compute()),
        percent(evaluation.computeOfCheckpoint()));
    printer.value(
        "time",
        "%.2f s of compute, at full depth %.2f s (%.1f times)",
        evaluation.seconds(),
        evaluation.fullDepthSeconds(),
        evaluation.speedup());
  }

  private void f1(String name, double f1, double fullDepth) {
    printer.value(name, "%s, at full depth %s", percent(f1), percent(fullDepth));
  }

  private void input() {
    InputCounts input = evaluation.input();
    printer.value("rows", "%,d of %,d", evaluation.rows(), input.rows());
    rows("no label", input.nullLabels(), "skipped", List.of());
    rows("NULL text", input.nullTexts(), "skipped", List.of());
    rows("unknown label", input.unknownLabels(), "counted as wrong", input.unknownLabelExamples());
    rows("errors", input.errors(), "not scored", input.errorExamples());
    rows("truncated", input.truncated(), "scored on the truncated text", List.of());
  }

  private void rows(String name, long count, String treatment, List<String> examples) {
    if (count > 0) {
      String some = examples.isEmpty() ? "" : ", e.g. " + String.join(", ", examples);
      printer.value(name, "%,d, %s%s", count, treatment, some);
    }
  }

  private void exits() {
    TextTable table =
        new TextTable(
            "exit layer", "rows", "share", "accuracy here", "accuracy of all", "agreement of all");
    for (Evaluation.Exit exit : evaluation.exits()) {
      table.add(
          Integer.toString(exit.layer()),
          Numbers.count(exit.rows()),
          percent(evaluation.share(exit)),
          percent(exit.accuracyHere()),
          percent(exit.headAccuracy()),
          percent(exit.agreement()));
    }
    printer.table(table);
  }

  private void classes() {
    if (evaluation.labels().size() > MAX_CLASSES) {
      printer.space();
      printer.line(
          "%d classes: --report DIR writes the table of them all.", evaluation.labels().size());
      return;
    }
    if (evaluation.multiLabel() != null) {
      labels();
      return;
    }
    TextTable table = new TextTable("class", "rows", "recall", "precision", "mean exit layer");
    for (ClassFigures figures : evaluation.classes()) {
      table.add(
          figures.label(),
          Numbers.count(figures.rows()),
          percent(figures.recall()),
          percent(figures.precision()),
          Numbers.fixed(figures.meanExitLayer(), 2));
    }
    printer.table(table);
  }

  private void labels() {
    TextTable table =
        new TextTable("label", "rows", "recall", "precision", "F1", "threshold", "mean exit layer");
    for (ClassFigures figures : evaluation.classes()) {
      LabelFigures label = evaluation.multiLabel().labels().get(figures.index());
      table.add(
          figures.label(),
          Numbers.count(figures.rows()),
          percent(figures.recall()),
          percent(figures.precision()),
          percent(label.f1()),
          Numbers.decimal(label.threshold()),
          Numbers.fixed(figures.meanExitLayer(), 2));
    }
    printer.table(table);
  }

  private void confused() {
    List<ConfusedPair> pairs = evaluation.mostConfused(MAX_PAIRS);
    if (pairs.isEmpty()) {
      return;
    }
    TextTable table = new TextTable("most confused: is", "predicted", "rows");
    for (ConfusedPair pair : pairs) {
      table.add(pair.label(), pair.answer(), Numbers.count(pair.rows()));
    }
    printer.table(table);
  }

  private void coverage() {
    if (evaluation.coverage().isEmpty()) {
      return;
    }
    printer.table(
        AbstentionText.table(
            evaluation.coverage(), point -> point.minScore() == evaluation.minScore()));
  }

  /** For each policy the least compute that keeps to some agreements. */
  private void frontier() {
    if (evaluation.frontier().isEmpty()) {
      return;
    }
    Map<String, List<FrontierPoint>> policies = FrontierPoint.byPolicy(evaluation.frontier());
    TextTable table =
        new TextTable(
            "agreement at least", "policy", "τ", "compute", "accuracy", "agreement", "mean exit");
    for (double target : TARGETS) {
      for (List<FrontierPoint> points : policies.values()) {
        FrontierPoint.cheapest(points, target).ifPresent(point -> add(point, target, table));
      }
    }
    printer.table(table);
  }

  private static void add(FrontierPoint point, double target, TextTable table) {
    table.add(
        percent(target),
        point.policy(),
        Double.toString(point.threshold()),
        percent(point.compute()),
        percent(point.accuracy()),
        percent(point.agreement()),
        Numbers.fixed(point.meanExitLayer(), 2));
  }
}
