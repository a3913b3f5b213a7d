package org.sparkadept.decoder.result;

/**
 * What an exit says of a row. The answer of a row that may have several labels is right as a whole
 * or not at all, so its figures are of the least settled label; {@link
 * org.sparkadept.decoder.exit.LabelRule} defines them.
 *
 * @param layer the exit layer, counted from 1
 * @param labels the answer: the most probable label, or all that reach their thresholds
 * @param scores {@code [labels]}: probabilities of these labels
 * @param probability of the answer, in (0, 1]: that of the label, or that of the least settled
 *     label to be as the answer says; NaN where a logit is not finite
 * @param margin the probability minus that of another answer, in [−1, 1]; not negative where a row
 *     has one label
 * @param entropy entropy of the answers' probabilities over its largest value: in [0, 1]
 * @param streak how many exits in a row, this one included, gave this answer
 * @param stateScore {@code u_e · norm(h_e)}, what the policy {@code adept} reads from the state
 *     itself; NaN where the head has no such output
 */
public record ExitReadout(
    int layer,
    LabelSet labels,
    float[] scores,
    float probability,
    float margin,
    float entropy,
    int streak,
    float stateScore) {

  /** Of a row that has one label. */
  public static ExitReadout ofOne(
      int layer,
      int label,
      float probability,
      float margin,
      float entropy,
      int streak,
      float stateScore) {
    float[] scores = {probability};
    return new ExitReadout(
        layer, LabelSet.of(label), scores, probability, margin, entropy, streak, stateScore);
  }

  /** Index of the most probable of the labels, the first of several; −1 where there is none. */
  public int label() {
    return scores.length == 0 ? -1 : labels.get(top());
  }

  /** Probability of {@link #label}; 0 where there is none. */
  public float score() {
    return scores.length == 0 ? 0 : scores[top()];
  }

  private int top() {
    int top = 0;
    for (int i = 1; i < scores.length; i++) {
      top = scores[i] > scores[top] ? i : top;
    }
    return top;
  }
}
