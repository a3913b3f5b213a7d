package org.sparkadept.pipeline.report.html;

import static j2html.TagCreator.h2;
import static j2html.TagCreator.section;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkadept.pipeline.report.data.Tuning;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.Figure;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;
import org.sparkadept.pipeline.report.text.Numbers;

/** The page of {@code adept tune}. */
final class TuningPage {
  private TuningPage() {}

  static HtmlReport of(Tuning tuning) {
    int reference = tuning.exitLayers().indexOf(tuning.reference());
    return new HtmlReport("Tuning")
        .fact("Rows trained on", Cell.count(tuning.trainRows()))
        .fact("Rows validated on", Cell.count(tuning.validationRows()))
        .fact("Classes", Cell.derived(Numbers.count(tuning.labels().size())))
        .fact("Layers kept", Cell.count(tuning.reference()))
        .fact("Layers of the checkpoint", Cell.count(tuning.checkpointLayers()))
        .fact("Best epoch", Cell.count(tuning.bestEpoch()))
        .fact(
            shown(tuning) + " at full depth", Cell.percent(tuning.best().accuracy().get(reference)))
        .fact("Number format of products", tuning.precision())
        .fact(
            "Trained",
            tuning.loraRank() == 0
                ? "all weights of these layers"
                : "LoRA of rank " + tuning.loraRank())
        .fact("Time", Cell.seconds(tuning.seconds()))
        .fact("Written to", tuning.output())
        .provenance(tuning.provenance())
        .with(
            section(h2("Validation"), Elements.plot(accuracy(tuning)), table(tuning)),
            section(h2("Training"), Elements.plot(losses(tuning))));
  }

  /** The measure, as a heading. */
  private static String shown(Tuning tuning) {
    String measure = tuning.measure();
    return measure.substring(0, 1).toUpperCase(Locale.ROOT) + measure.substring(1);
  }

  private static Figure accuracy(Tuning tuning) {
    LinePlot plot = new LinePlot(Axis.numbers("Epoch"), Axis.shares(shown(tuning)));
    for (int exit = 0; exit < tuning.exitLayers().size(); exit++) {
      List<Point> points = new ArrayList<>();
      for (Tuning.Epoch epoch : tuning.epochs()) {
        points.add(new Point(epoch.epoch(), epoch.accuracy().get(exit)));
      }
      plot.line(name(tuning, exit), points);
    }
    return plot.figure(shown(tuning) + " of each exit on the validation rows after each epoch.");
  }

  private static Figure losses(Tuning tuning) {
    LinePlot plot = new LinePlot(Axis.numbers("Epoch"), Axis.numbers("Loss, in nats"));
    for (int exit = 0; exit < tuning.exitLayers().size(); exit++) {
      List<Point> points = new ArrayList<>();
      for (Tuning.Steps steps : tuning.steps()) {
        points.add(new Point(steps.epoch(), steps.loss().get(exit)));
      }
      plot.line(name(tuning, exit), points);
    }
    return plot.figure(
        "Cross-entropy of each exit on the rows of some steps, before they were trained on.");
  }

  private static String name(Tuning tuning, int exit) {
    return "layer " + tuning.exitLayers().get(exit);
  }

  private static DomContent table(Tuning tuning) {
    List<Integer> exits = new ArrayList<>();
    for (int exit = 0; exit < tuning.exitLayers().size(); exit++) {
      exits.add(exit);
    }
    return Elements.dataTable(
        "Exits after the best epoch, on the validation rows",
        List.of("Layer", shown(tuning), "Loss"),
        exits,
        exit ->
            List.of(
                Cell.count(tuning.exitLayers().get(exit)),
                Cell.percent(tuning.best().accuracy().get(exit)),
                Cell.fixed(tuning.best().loss().get(exit), 4)));
  }
}
