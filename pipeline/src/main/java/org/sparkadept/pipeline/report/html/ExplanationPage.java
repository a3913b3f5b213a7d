package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.details;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.figcaption;
import static j2html.TagCreator.figure;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.iff;
import static j2html.TagCreator.section;
import static j2html.TagCreator.span;
import static j2html.TagCreator.summary;

import j2html.tags.DomContent;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.sparkadept.pipeline.report.data.Explanation;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.Figure;
import org.sparkadept.pipeline.report.plot.Figure.LegendKey;
import org.sparkadept.pipeline.report.plot.Figure.Sign;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;
import org.sparkadept.pipeline.report.plot.Palette;
import org.sparkadept.pipeline.report.text.Numbers;

/** The page of {@code adept explain}. */
final class ExplanationPage {
  private static final int MAX_LINES = 5;
  private static final int MAX_TOKENS = 2000;

  private ExplanationPage() {}

  static HtmlReport of(Explanation explanation) {
    return new HtmlReport("Explanation of one prediction")
        .fact(explanation.multiLabel() ? "Labels" : "Label", explanation.answerLine())
        .fact("Probability", Cell.percent(explanation.probability()))
        .fact("Exit layer", Cell.count(explanation.exitLayer()))
        .fact("Layers of the model", Cell.count(explanation.layers()))
        .fact("Compute, of full depth", Cell.percent(explanation.compute()))
        .fact("Policy", explanation.policy())
        .fact("Threshold τ", Cell.decimal(explanation.threshold()))
        .fact("Text", explanation.text())
        .fact("Truncated", explanation.truncated() ? "yes" : "no")
        .fact("Model", explanation.model())
        .fact("spark-adept", explanation.version())
        .with(
            section(
                h2("Predictions by layer"),
                Elements.plot(probabilities(explanation)),
                steps(explanation)),
            section(h2("Tokens"), tokens(explanation)));
  }

  private static Figure probabilities(Explanation explanation) {
    LinePlot plot =
        new LinePlot(Axis.numbers("Layer"), Axis.shares("Probability").between(-0.02, 1.02));
    IntStream.range(0, explanation.labels().size())
        .boxed()
        .sorted(Comparator.comparingDouble(label -> -highest(explanation, label)))
        .limit(MAX_LINES)
        .forEach(label -> plot.line(explanation.labels().get(label), points(explanation, label)));
    if (!plot.isEmpty()) {
      int layer = explanation.exitLayer();
      plot.dashes("exit layer", Palette.INK, new Point(layer, 0), new Point(layer, 1));
    }
    String shown =
        explanation.labels().size() > MAX_LINES
            ? "Probability of the " + MAX_LINES + " classes that come highest"
            : "Probability of each class";
    return plot.figure(
        shown
            + ", exit by exit. The dashed line is the exit layer; later layers were"
            + " computed for this page only.");
  }

  private static double highest(Explanation explanation, int label) {
    return points(explanation, label).stream().mapToDouble(Point::y).max().orElse(0);
  }

  private static List<Point> points(Explanation explanation, int label) {
    return explanation.steps().stream()
        .map(step -> new Point(step.layer(), step.probabilities().get(label)))
        .toList();
  }

  private static DomContent steps(Explanation explanation) {
    return Elements.dataTable(
        "Prediction at each exit",
        explanation.multiLabel()
            ? List.of("Layer", "Labels", "Least settled label", "Policy value π", "Decision")
            : List.of("Layer", "Label", "Probability", "Policy value π", "Decision"),
        explanation.steps(),
        step ->
            List.of(
                Cell.count(step.layer()),
                Cell.text(explanation.answerLine(step)),
                Cell.percent(step.probability()),
                Cell.fixed(step.policyValue(), 4),
                Cell.text(explanation.decision(step).toString())));
  }

  /** The text, each token on the colour of its depth; what is beyond a limit is folded. */
  private static DomContent tokens(Explanation explanation) {
    List<DomContent> parts = new ArrayList<>();
    TreeMap<Integer, LegendKey> legend = new TreeMap<>();
    for (Explanation.Token token : explanation.tokens()) {
      int depth = explanation.depth(token);
      String name =
          token.layer() == 0 ? "did not exit before layer " + depth : "exited after layer " + depth;
      Color color = Palette.ordered(Palette.position(depth - 1, explanation.layers()));
      legend.put(depth, new LegendKey(name, color, Sign.AREA));
      parts.add(span(token.text()).withStyle(Elements.style(color)).withTitle(name));
    }
    int shown = Math.min(MAX_TOKENS, parts.size());
    return figure(
        tokens(parts.subList(0, shown)),
        iff(
            shown < parts.size(),
            details(
                summary("… and " + Numbers.count(parts.size() - shown) + " more"),
                tokens(parts.subList(shown, parts.size())))),
        Elements.legendList(List.copyOf(legend.values())),
        figcaption(
            "The tokens of the text, coloured by the layer after which each exited."
                + " After the row's exit, its tokens need no further layer."));
  }

  private static DomContent tokens(List<DomContent> parts) {
    return div(each(parts.stream())).withClass("tokens").withDir("auto");
  }
}
