package org.sparkadept.pipeline.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.sparkadept.pipeline.report.html.Cell;
import org.sparkadept.pipeline.report.html.ColouredText;
import org.sparkadept.pipeline.report.html.HtmlReport;
import org.sparkadept.pipeline.report.html.HtmlTable;
import org.sparkadept.pipeline.report.html.LegendKey;
import org.sparkadept.pipeline.report.html.Palette;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;

/** The page of {@code adept explain}. */
final class ExplanationPage {
  private static final int MAX_LINES = 5;

  private ExplanationPage() {}

  static HtmlReport of(Explanation explanation) {
    HtmlReport page =
        new HtmlReport("Explanation of one answer")
            .fact("Answer", explanation.label())
            .fact("Probability", Cell.percent(explanation.probability()))
            .fact("Answered by layer", Cell.count(explanation.exitLayer()))
            .fact("Layers of the model", Cell.count(explanation.layers()))
            .fact("Compute, of full depth", Cell.percent(explanation.compute()))
            .fact("Policy", explanation.policy())
            .fact("Threshold τ", Cell.decimal(explanation.threshold()))
            .fact("Text", explanation.text())
            .fact("Read", explanation.truncated() ? "its beginning" : "the whole text")
            .fact("Model", explanation.model())
            .fact("spark-adept", explanation.version());
    page.section("Answers over the depth").figure(depth(explanation).figure(caption(explanation)));
    page.table(steps(explanation));
    page.section("Tokens").colouredText(tokens(explanation));
    return page;
  }

  private static String caption(Explanation explanation) {
    String shown =
        explanation.labels().size() > MAX_LINES
            ? "Probability of the " + MAX_LINES + " classes that come highest"
            : "Probability of each class";
    return shown
        + ", exit by exit. The dashed line is the layer that answered; what follows it was computed"
        + " for this page only.";
  }

  private static LinePlot depth(Explanation explanation) {
    List<ExitStep> steps = explanation.steps();
    LinePlot plot =
        new LinePlot(Axis.numbers("Layer"), Axis.shares("Probability").between(-0.02, 1.02));
    IntStream.range(0, explanation.labels().size())
        .boxed()
        .sorted(Comparator.comparingDouble(label -> -highest(steps, label)))
        .limit(MAX_LINES)
        .forEach(label -> plot.line(explanation.labels().get(label), points(steps, label)));
    if (!plot.isEmpty()) {
      int layer = explanation.exitLayer();
      plot.dashes("layer that answered", Palette.INK, new Point(layer, 0), new Point(layer, 1));
    }
    return plot;
  }

  private static double highest(List<ExitStep> steps, int label) {
    return steps.stream().mapToDouble(step -> step.probabilities().get(label)).max().orElse(0);
  }

  private static List<Point> points(List<ExitStep> steps, int label) {
    return steps.stream()
        .map(step -> new Point(step.layer(), step.probabilities().get(label)))
        .toList();
  }

  private static HtmlTable steps(Explanation explanation) {
    HtmlTable table =
        new HtmlTable(
            "What each exit says",
            List.of("Layer", "Label", "Probability", "Policy value π", "Decision"));
    for (ExitStep step : explanation.steps()) {
      table.row(
          Cell.count(step.layer()),
          Cell.text(step.label()),
          Cell.percent(step.probability()),
          Cell.fixed(step.policyValue(), 4),
          Cell.text(decision(step, explanation.exitLayer())));
    }
    return table;
  }

  private static String decision(ExitStep step, int exitLayer) {
    if (step.layer() == exitLayer) {
      return "answers";
    }
    if (step.layer() > exitLayer) {
      return "not run";
    }
    return step.exits() ? "would answer" : "goes on";
  }

  private static ColouredText tokens(Explanation explanation) {
    List<ColouredText.Part> parts = new ArrayList<>();
    TreeSet<Integer> depths = new TreeSet<>();
    for (TokenExit token : explanation.tokens()) {
      depths.add(token.layer() == 0 ? explanation.exitLayer() : token.layer());
      parts.add(
          new ColouredText.Part(
              token.text(), colour(token.layer(), explanation), name(token.layer(), explanation)));
    }
    List<LegendKey> legend = new ArrayList<>();
    boolean anyStayed = explanation.tokens().stream().anyMatch(token -> token.layer() == 0);
    for (int layer : depths) {
      boolean stayed = anyStayed && layer == explanation.exitLayer();
      int key = stayed ? 0 : layer;
      legend.add(
          new LegendKey(name(key, explanation), colour(key, explanation), LegendKey.Sign.AREA));
    }
    return new ColouredText(
        parts,
        legend,
        "The tokens of the text, coloured by the layer after which each left the network. Where the"
            + " row was answered, its tokens needed no further layer.");
  }

  private static Color colour(int layer, Explanation explanation) {
    int depth = layer == 0 ? explanation.exitLayer() : layer;
    return Palette.ordered(Palette.position(depth - 1, explanation.layers()));
  }

  private static String name(int layer, Explanation explanation) {
    return layer == 0 ? "stayed to layer " + explanation.exitLayer() : "left after layer " + layer;
  }
}
