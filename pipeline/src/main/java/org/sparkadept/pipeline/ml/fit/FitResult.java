package org.sparkadept.pipeline.ml.fit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.pipeline.calibrate.Choice;
import org.sparkadept.pipeline.outcome.HeadSums;
import org.sparkadept.pipeline.outcome.ShortDecimal;
import org.sparkadept.pipeline.report.data.Calibration;
import org.sparkadept.pipeline.report.data.Fit;
import org.sparkadept.pipeline.report.data.Provenance;

/**
 * A finished fit.
 *
 * @param model the fitted model directory
 * @param labels label names, in the order of the heads' rows
 * @param replacedLabels those of the heads that the directory had and that were replaced, where
 *     they are others; else empty
 * @param labelThresholds probability from which on a label is in the answer, in the same order;
 *     empty where each row has one label
 * @param exitLayers from 1; the last is the reference
 * @param checkpointLayers layers of the checkpoint
 * @param keptHeads whether the exit heads are those that the directory had
 * @param readOuts what the reference was chosen by
 * @param trainRows rows of the train split
 * @param validationRows rows of the validation split
 * @param mapperErrors relative error of the mapper's keys and values by exit layer, mean over the
 *     layers above; empty where no token exits were fitted
 * @param choice the threshold and the figures that it was chosen by
 * @param seconds the fit took
 */
public record FitResult(
    Path model,
    List<String> labels,
    List<String> replacedLabels,
    List<Double> labelThresholds,
    int[] exitLayers,
    int checkpointLayers,
    boolean keptHeads,
    List<Fit.ReadOut> readOuts,
    long trainRows,
    long validationRows,
    Map<Integer, Double> mapperErrors,
    Choice choice,
    double seconds) {

  static FitResult of(
      Path model,
      ModelDraft fitted,
      List<String> replacedLabels,
      boolean keptHeads,
      ReadOutSelection selection,
      SplitCounts counts,
      Choice choice,
      double seconds) {
    TreeMap<Integer, Double> mapperErrors = new TreeMap<>();
    fitted.tokenExits().forEach((layer, exit) -> mapperErrors.put(layer, exit.mapperError()));
    List<Fit.ReadOut> readOuts = new ArrayList<>();
    for (ReadOutSelection.ReadOut at : selection.readOuts()) {
      readOuts.add(new Fit.ReadOut(at.layer(), at.input().toString(), at.accuracy(), at.loss()));
    }
    List<Double> thresholds = new ArrayList<>();
    for (float threshold : fitted.rule().thresholds()) {
      thresholds.add(ShortDecimal.of(threshold));
    }
    return new FitResult(
        model,
        fitted.labels(),
        replacedLabels,
        thresholds,
        fitted.exitLayers(),
        fitted.backbone().layers(),
        keptHeads,
        readOuts,
        counts.rows(SplitCounts.TRAIN),
        counts.rows(SplitCounts.VALIDATION),
        mapperErrors,
        choice,
        seconds);
  }

  /** The report of the fit; its figures are of the calibration rows. */
  public Fit report(Provenance provenance) {
    return new Fit(
        provenance,
        model.toString(),
        trainRows + validationRows,
        choice.outcomes().rows(),
        seconds,
        labels,
        replacedLabels,
        labelThresholds,
        checkpointLayers,
        exitLayers[exitLayers.length - 1],
        readOuts,
        choice.outcomes().fullDepthAccuracy(),
        exits(),
        choice.outcomes().points(),
        choice.curve());
  }

  private List<Fit.Exit> exits() {
    HeadSums heads = choice.outcomes().heads();
    List<Fit.Exit> exits = new ArrayList<>();
    for (int exit = 0; exit < exitLayers.length; exit++) {
      int layer = exitLayers[exit];
      exits.add(
          new Fit.Exit(
              layer,
              heads.loss(exit),
              heads.accuracy(exit),
              heads.agreement(exit),
              mapperErrors.getOrDefault(layer, Double.NaN)));
    }
    return exits;
  }

  /** The report of the calibration that the fit ended with. */
  public Calibration calibration(Provenance provenance) {
    return choice.report(provenance, model.resolve(AdeptFormat.JSON_FILE).toString(), seconds);
  }
}
