package org.sparkadept.decoder.exit;

/**
 * What an exit head says of a row.
 *
 * @param layer the exit layer, counted from 1
 * @param label index of the most probable label
 * @param probability its probability, in (0, 1]
 */
public record ExitReadout(int layer, int label, float probability) {

  /**
   * Softmax of a row of logits, read at its top; computed in double precision.
   *
   * @param layer the exit layer, counted from 1
   * @param logits {@code [rows, labels]}
   * @param row which row
   * @param labels number of labels
   * @return the read-out; its probability is NaN where a logit is not finite
   */
  public static ExitReadout of(int layer, float[] logits, int row, int labels) {
    int start = row * labels;
    int top = 0;
    for (int i = 1; i < labels; i++) {
      if (logits[start + i] > logits[start + top]) {
        top = i;
      }
    }
    double sum = 0;
    for (int i = 0; i < labels; i++) {
      sum += Math.exp((double) logits[start + i] - logits[start + top]);
    }
    boolean finite = Float.isFinite(logits[start + top]) && !Double.isNaN(sum);
    return new ExitReadout(layer, top, finite ? (float) (1 / sum) : Float.NaN);
  }
}
