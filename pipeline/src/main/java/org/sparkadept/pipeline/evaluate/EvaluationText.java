package org.sparkadept.pipeline.evaluate;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.sparkadept.pipeline.report.Evaluation;
import org.sparkadept.pipeline.report.ExitRow;
import org.sparkadept.pipeline.report.FactLines;
import org.sparkadept.pipeline.report.FrontierPoint;
import org.sparkadept.pipeline.report.InputCounts;
import org.sparkadept.pipeline.report.TextTable;

/** An evaluation as tables in a terminal. */
public final class EvaluationText {
  private static final double[] TARGETS = {0.999, 0.995, 0.99, 0.98};
  private static final int MAX_PAIRS = 10;
  private static final int MAX_CLASSES = 40;

  private final Evaluation evaluation;
  private final int columns;
  private final PrintWriter out;

  private EvaluationText(Evaluation evaluation, int columns, PrintWriter out) {
    this.evaluation = evaluation;
    this.columns = columns;
    this.out = out;
  }

  /**
   * Prints an evaluation.
   *
   * @param columns width of the terminal
   */
  public static void print(Evaluation evaluation, int columns, PrintWriter out) {
    EvaluationText text = new EvaluationText(evaluation, columns, out);
    text.facts();
    text.exits();
    text.classes();
    text.confused();
    text.frontier();
    out.flush();
  }

  private void facts() {
    out.println();
    counts(evaluation.input(), evaluation.rows(), out);
    line("policy", policy());
    line(
        "accuracy",
        FactLines.percent(evaluation.accuracy())
            + ", at full depth "
            + FactLines.percent(evaluation.fullDepthAccuracy()));
    line("agreement", FactLines.percent(evaluation.agreement()) + " with full depth");
    line("compute", FactLines.percent(evaluation.compute()) + " of full depth's FLOPs");
    line(
        "time",
        String.format(
            Locale.ROOT,
            "%.2f s of compute, at full depth %.2f s (%.1f times)",
            evaluation.seconds(),
            evaluation.fullDepthSeconds(),
            evaluation.fullDepthSeconds() / evaluation.seconds()));
  }

  /** What became of the input's rows. */
  static void counts(InputCounts counts, long scored, PrintWriter out) {
    FactLines.print(out, "rows", String.format(Locale.ROOT, "%,d of %,d", scored, counts.rows()));
    note(out, "NULL label", counts.nullLabels(), "passed over", List.of());
    note(out, "NULL text", counts.nullTexts(), "passed over", List.of());
    note(
        out,
        "unknown label",
        counts.unknownLabels(),
        "counted as wrong",
        counts.unknownLabelExamples());
    note(out, "errors", counts.errors(), "not scored", counts.errorExamples());
    note(out, "truncated", counts.truncated(), "scored on their beginning", List.of());
  }

  private static void note(
      PrintWriter out, String name, long count, String fate, List<String> examples) {
    if (count > 0) {
      String such = examples.isEmpty() ? "" : ", e.g. " + String.join(", ", examples);
      FactLines.print(out, name, String.format(Locale.ROOT, "%,d, %s%s", count, fate, such));
    }
  }

  private String policy() {
    return Double.isNaN(evaluation.threshold())
        ? evaluation.policy()
        : evaluation.policy() + ", τ = " + evaluation.threshold();
  }

  private void exits() {
    TextTable table =
        new TextTable(
            "exit layer", "rows", "share", "accuracy here", "accuracy of all", "agreement of all");
    for (ExitRow exit : evaluation.exits()) {
      table.add(
          Integer.toString(exit.layer()),
          String.format(Locale.ROOT, "%,d", exit.rows()),
          FactLines.percent((double) exit.rows() / evaluation.rows()),
          FactLines.percent(exit.accuracyHere()),
          FactLines.percent(exit.headAccuracy()),
          FactLines.percent(exit.agreement()));
    }
    print(table);
  }

  private void classes() {
    long[][] confusion = evaluation.confusion();
    if (confusion.length > MAX_CLASSES) {
      out.println();
      out.println(confusion.length + " classes: --report DIR writes the table of them all.");
      return;
    }
    TextTable table = new TextTable("class", "rows", "recall", "precision", "mean exit layer");
    for (int label = 0; label < confusion.length; label++) {
      long rows = 0;
      long answers = 0;
      for (int other = 0; other < confusion.length; other++) {
        rows += confusion[label][other];
        answers += confusion[other][label];
      }
      table.add(
          evaluation.labels().get(label),
          String.format(Locale.ROOT, "%,d", rows),
          FactLines.percent((double) confusion[label][label] / rows),
          FactLines.percent((double) confusion[label][label] / answers),
          meanExit(evaluation.exitHistogramPerLabel()[label], rows));
    }
    print(table);
  }

  private String meanExit(long[] rowsAt, long rows) {
    double layers = 0;
    for (int exit = 0; exit < rowsAt.length; exit++) {
      layers += (double) rowsAt[exit] * evaluation.exits().get(exit).layer();
    }
    return rows == 0 ? "–" : String.format(Locale.ROOT, "%.2f", layers / rows);
  }

  private record Pair(int truth, int answer, long rows) {}

  private void confused() {
    long[][] confusion = evaluation.confusion();
    List<Pair> pairs = new ArrayList<>();
    for (int truth = 0; truth < confusion.length; truth++) {
      for (int answer = 0; answer < confusion.length; answer++) {
        if (truth != answer && confusion[truth][answer] > 0) {
          pairs.add(new Pair(truth, answer, confusion[truth][answer]));
        }
      }
    }
    if (pairs.isEmpty()) {
      return;
    }
    pairs.sort(Comparator.comparingLong(Pair::rows).reversed());
    TextTable table = new TextTable("most confused: is", "answered", "rows");
    for (Pair pair : pairs.subList(0, Math.min(MAX_PAIRS, pairs.size()))) {
      table.add(
          evaluation.labels().get(pair.truth()),
          evaluation.labels().get(pair.answer()),
          String.format(Locale.ROOT, "%,d", pair.rows()));
    }
    print(table);
  }

  /** For each policy the least compute that keeps to some agreements. */
  private void frontier() {
    if (evaluation.frontier().isEmpty()) {
      return;
    }
    Map<String, List<FrontierPoint>> policies = new LinkedHashMap<>();
    for (FrontierPoint point : evaluation.frontier()) {
      policies.computeIfAbsent(point.policy(), policy -> new ArrayList<>()).add(point);
    }
    TextTable table =
        new TextTable(
            "agreement at least", "policy", "τ", "compute", "accuracy", "agreement", "mean exit");
    for (double target : TARGETS) {
      policies.forEach(
          (policy, points) ->
              cheapest(points, target)
                  .ifPresent(
                      point ->
                          table.add(
                              FactLines.percent(target),
                              policy,
                              Double.toString(point.threshold()),
                              FactLines.percent(point.compute()),
                              FactLines.percent(point.accuracy()),
                              FactLines.percent(point.agreement()),
                              String.format(Locale.ROOT, "%.2f", point.meanExitLayer()))));
    }
    print(table);
  }

  private static Optional<FrontierPoint> cheapest(List<FrontierPoint> points, double agreement) {
    return points.stream()
        .filter(point -> point.agreement() >= agreement)
        .min(Comparator.comparingDouble(FrontierPoint::compute));
  }

  private void print(TextTable table) {
    out.println();
    table.lines(columns).forEach(out::println);
  }

  private void line(String name, String value) {
    FactLines.print(out, name, value);
  }
}
