package org.sparkadept.pipeline.report.data;

import java.util.List;

/**
 * What {@code adept fit} made, measured on rows that were held out.
 *
 * @param provenance where the numbers come from
 * @param output path of the directory that holds the fitted parts
 * @param fittedRows rows that were fitted on
 * @param heldOutRows rows that were measured on
 * @param seconds it took
 * @param labels the classes
 * @param replacedLabels those of the heads that the model had, where they are others; with these
 *     heads all that was fitted to them was replaced
 * @param labelThresholds probability from which on a label is in the answer, in their order; empty
 *     where each row has one label
 * @param checkpointLayers layers of the checkpoint
 * @param reference layer where full depth ends, from 1
 * @param readOuts of all layers that were judged; empty where heads were kept
 * @param fullDepthAccuracy accuracy without early exits
 * @param exits by layer
 * @param frontier points of every policy that was tried
 * @param risk the curve that the threshold was chosen on
 */
public record Fit(
    Provenance provenance,
    String output,
    long fittedRows,
    long heldOutRows,
    double seconds,
    List<String> labels,
    List<String> replacedLabels,
    List<Double> labelThresholds,
    int checkpointLayers,
    int reference,
    List<ReadOut> readOuts,
    double fullDepthAccuracy,
    List<Exit> exits,
    List<FrontierPoint> frontier,
    RiskCurve risk)
    implements Report {

  /**
   * A read-out after a layer: what the reference is chosen by.
   *
   * @param layer counted from 1
   * @param input what the head there reads
   * @param accuracy cross-fitted on the rows that are not held out; of rows that may have several
   *     labels, with thresholds of ½
   * @param loss mean cross-entropy of these rows, in nats, which the reference is chosen by where
   *     they may have several labels; NaN where they have one
   */
  public record ReadOut(int layer, String input, double accuracy, double loss) {}

  /**
   * What was fitted for one exit layer, measured on the rows held out.
   *
   * @param layer counted from 1
   * @param headLoss mean cross-entropy of the exit's answers, in nats
   * @param headAccuracy share of the rows that the exit answers rightly
   * @param agreement share of the rows for which the exit gives full depth's answer
   * @param mapperError relative error of the hidden state mapper's keys and values; NaN without one
   */
  public record Exit(
      int layer, double headLoss, double headAccuracy, double agreement, double mapperError) {}

  /** Copies the lists. */
  public Fit {
    labels = List.copyOf(labels);
    labelThresholds = List.copyOf(labelThresholds);
    readOuts = List.copyOf(readOuts);
    exits = List.copyOf(exits);
    frontier = List.copyOf(frontier);
  }

  /** Whether rows may have several labels. */
  public boolean isMultiLabel() {
    return !labelThresholds.isEmpty();
  }

  @Override
  public String kind() {
    return "fit";
  }
}
