package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.pipeline.calibrate.Choice;
import org.sparkadept.pipeline.outcome.HeadSums;
import org.sparkadept.pipeline.report.data.Calibration;
import org.sparkadept.pipeline.report.data.Fit;
import org.sparkadept.pipeline.report.data.Provenance;

/** The reports of a fit; all figures are of the calibration rows. */
public final class FitReports {
  private FitReports() {}

  /** What was fitted. */
  public static Fit fit(FitResult result, Provenance provenance) {
    Choice choice = result.choice();
    return new Fit(
        provenance,
        result.model().toString(),
        result.trainRows() + result.validationRows(),
        choice.outcomes().rows(),
        result.seconds(),
        result.labels(),
        choice.outcomes().fullDepthAccuracy(),
        exits(result),
        choice.outcomes().points(),
        choice.curve());
  }

  /** What τ rests on. */
  public static Calibration calibration(FitResult result, Provenance provenance) {
    return new Calibration(
        provenance,
        result.model().resolve("adept.json").toString(),
        result.choice().outcomes().rows(),
        result.seconds(),
        result.choice().curve(),
        result.choice().reliability());
  }

  private static List<Fit.Exit> exits(FitResult result) {
    HeadSums heads = result.choice().outcomes().heads();
    List<Fit.Exit> exits = new ArrayList<>();
    for (int exit = 0; exit < result.exitLayers().length; exit++) {
      int layer = result.exitLayers()[exit];
      exits.add(
          new Fit.Exit(
              layer,
              heads.loss(exit),
              heads.accuracy(exit),
              heads.agreement(exit),
              result.mapperErrors().getOrDefault(layer, Double.NaN)));
    }
    return exits;
  }
}
