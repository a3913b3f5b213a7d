package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import java.util.ArrayList;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * How rows are taken through a model.
 *
 * @param model the model
 * @param compute where and in which precision it is computed
 * @param labels its labels
 * @param rule how its logits become an answer
 * @param exitLayers its exit layers, counted from 1
 * @param answers the run whose answers are measured beside the traces, and full depth; null to
 *     trace alone, where the last exit of the first tracing is full depth
 * @param tracings ways through every exit; without {@code answers} no token leaves in the first
 * @param candidates policies and thresholds that are tried on the traces of each
 * @param losses whether the heads' cross-entropy is wanted
 */
public record OutcomePlan(
    ModelLocation model,
    ComputeOptions compute,
    ArrayList<String> labels,
    LabelRule rule,
    int[] exitLayers,
    Answers answers,
    ArrayList<ClassifierOptions> tracings,
    ArrayList<Candidate> candidates,
    boolean losses)
    implements Serializable {

  private static final long serialVersionUID = 4L;

  /**
   * Two runs that answer.
   *
   * @param policy with the exit policy, and a least score of an answer that is not NaN
   * @param fullDepth at full depth; the same as {@code policy} where it is of no interest
   */
  public record Answers(ClassifierOptions policy, ClassifierOptions fullDepth)
      implements Serializable {
    private static final long serialVersionUID = 2L;
  }
}
