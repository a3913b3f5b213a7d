package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.each;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.section;

import j2html.tags.DomContent;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.sparkadept.pipeline.report.data.Fit;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.Figure;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;
import org.sparkadept.pipeline.report.plot.Palette;
import org.sparkadept.pipeline.report.text.Numbers;

/** The page of {@code adept fit}. */
final class FitPage {
  private FitPage() {}

  static HtmlReport of(Fit fit) {
    HtmlReport page =
        new HtmlReport("Fit")
            .fact("Rows fitted on", Cell.count(fit.fittedRows()))
            .fact("Rows held out", Cell.count(fit.heldOutRows()))
            .fact("Classes", Cell.derived(Numbers.count(fit.labels().size())))
            .fact("Full depth ends after layer", Cell.count(fit.reference()))
            .fact("Layers of the checkpoint", Cell.count(fit.checkpointLayers()))
            .fact("Accuracy at full depth", Cell.percent(fit.fullDepthAccuracy()));
    if (!fit.replacedLabels().isEmpty()) {
      page.fact("Replaced heads for", String.join(", ", fit.replacedLabels()));
    }
    return Sections.riskFacts(fit.risk(), page)
        .fact("Time", Cell.seconds(fit.seconds()))
        .fact("Written to", fit.output())
        .provenance(fit.provenance())
        .with(
            readOuts(fit),
            section(h2("Exits"), Elements.plot(exits(fit)), table(fit)),
            Sections.frontier(fit.frontier(), fit.fullDepthAccuracy()),
            Sections.risk(fit.risk()));
  }

  /** How the reference was chosen; nothing where heads were kept. */
  private static DomContent readOuts(Fit fit) {
    if (fit.readOuts().isEmpty()) {
      return each();
    }
    boolean byLoss = fit.isMultiLabel();
    String measure = byLoss ? "Loss" : "Accuracy";
    List<Point> points =
        fit.readOuts().stream()
            .map(at -> new Point(at.layer(), byLoss ? at.loss() : at.accuracy()))
            .toList();
    Axis axis = byLoss ? Axis.numbers(measure) : Axis.shares(measure);
    Figure figure =
        new LinePlot(Axis.numbers("Layer"), axis)
            .line("read-out", points)
            .point(
                "reference",
                Palette.INK,
                points.stream().filter(at -> at.x() == fit.reference()).findFirst().orElseThrow())
            .figure(
                measure
                    + " of a read-out after each layer, on the rows that are"
                    + " not held out, cross-fitted. Full depth ends at the shallowest layer within"
                    + " one standard error of the best.");
    return section(
        h2("Read-outs"),
        Elements.plot(figure),
        Elements.folded(
            "Read-outs by layer",
            Elements.dataTable(
                measure + " of read-outs",
                List.of("Layer", "Its head reads", measure),
                fit.readOuts(),
                at ->
                    List.of(
                        Cell.count(at.layer()),
                        Cell.text(at.input()),
                        byLoss ? Cell.fixed(at.loss(), 4) : Cell.percent(at.accuracy())))));
  }

  private static Figure exits(Fit fit) {
    LinePlot plot =
        new LinePlot(Axis.numbers("Layer"), Axis.shares("Share of the rows held out"))
            .line("accuracy", points(fit, Fit.Exit::headAccuracy))
            .line("agreement with full depth", points(fit, Fit.Exit::agreement));
    if (!fit.exits().isEmpty()) {
      List<Point> fullDepth = points(fit, exit -> fit.fullDepthAccuracy());
      plot.dashes(
          "accuracy at full depth",
          Palette.MUTED,
          fullDepth.get(0),
          fullDepth.get(fullDepth.size() - 1));
    }
    return plot.figure(
        fit.risk().tokenExit()
            ? "Accuracy and agreement after each exit layer. Tokens exit early here, so even"
                + " the last exit may differ from full depth."
            : "Accuracy and agreement after each exit layer.");
  }

  private static List<Point> points(Fit fit, ToDoubleFunction<Fit.Exit> share) {
    return fit.exits().stream().map(e -> new Point(e.layer(), share.applyAsDouble(e))).toList();
  }

  private static DomContent table(Fit fit) {
    return Elements.dataTable(
        "Each exit layer and its mapper, on the rows held out",
        List.of("Layer", "Loss", "Accuracy", "Agreement with full depth", "Mapper's error"),
        fit.exits(),
        exit ->
            List.of(
                Cell.count(exit.layer()),
                Cell.fixed(exit.headLoss(), 4),
                Cell.percent(exit.headAccuracy()),
                Cell.percent(exit.agreement()),
                Cell.percent(exit.mapperError())));
  }
}
