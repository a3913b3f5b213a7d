package org.sparkadept.decoder.result;

/**
 * What an exit head says of a row.
 *
 * @param layer the exit layer, counted from 1
 * @param label index of the most probable label
 * @param probability its probability, in (0, 1]; NaN where a logit is not finite
 * @param margin its probability minus that of the second label, in [0, 1]
 * @param entropy entropy of the labels' probabilities over its largest value, the logarithm of
 *     their number: in [0, 1]
 * @param streak how many exits in a row, this one included, gave this label
 * @param stateScore {@code u_e · norm(h_e)}, what the policy {@code adept} reads from the state
 *     itself; NaN where the head has no such output
 */
public record ExitReadout(
    int layer,
    int label,
    float probability,
    float margin,
    float entropy,
    int streak,
    float stateScore) {

  /**
   * Softmax of a row's logits, computed in double precision.
   *
   * @param layer the exit layer, counted from 1
   * @param scores {@code [rows, outputs]}: the logits and, where {@code outputs} is more than
   *     {@code labels}, the state's score behind them
   * @param row which row
   * @param outputs number of outputs of the head
   * @param labels number of labels
   * @param previous what the exit before said, or null
   * @return the read-out
   */
  public static ExitReadout of(
      int layer, float[] scores, int row, int outputs, int labels, ExitReadout previous) {
    int start = row * outputs;
    int top = 0;
    for (int i = 1; i < labels; i++) {
      if (scores[start + i] > scores[start + top]) {
        top = i;
      }
    }
    double second = Double.NEGATIVE_INFINITY;
    double sum = 0;
    double weighted = 0;
    for (int i = 0; i < labels; i++) {
      double distance = (double) scores[start + i] - scores[start + top];
      double weight = Math.exp(distance);
      sum += weight;
      weighted += weight > 0 ? weight * distance : 0;
      second = i != top ? Math.max(second, weight) : second;
    }
    float stateScore = outputs > labels ? scores[start + labels] : Float.NaN;
    if (!Float.isFinite(scores[start + top]) || Double.isNaN(sum)) {
      return new ExitReadout(layer, top, Float.NaN, Float.NaN, Float.NaN, 1, stateScore);
    }
    boolean same = previous != null && previous.label == top;
    double entropy = (Math.log(sum) - weighted / sum) / Math.log(labels);
    return new ExitReadout(
        layer,
        top,
        (float) (1 / sum),
        (float) ((1 - second) / sum),
        (float) Math.min(1, Math.max(0, entropy)),
        same ? previous.streak + 1 : 1,
        stateScore);
  }

  /**
   * The labels' probabilities: softmax of a row's logits, computed in double precision.
   *
   * @param scores holds the logits
   * @param from index of the row's first logit
   * @param labels number of labels
   * @return {@code [labels]}
   */
  public static float[] probabilities(float[] scores, int from, int labels) {
    float top = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < labels; i++) {
      top = Math.max(top, scores[from + i]);
    }
    double sum = 0;
    for (int i = 0; i < labels; i++) {
      sum += Math.exp((double) scores[from + i] - top);
    }
    float[] shares = new float[labels];
    for (int i = 0; i < labels; i++) {
      shares[i] = (float) (Math.exp((double) scores[from + i] - top) / sum);
    }
    return shares;
  }
}
