package org.sparkadept.decoder.exit;

/**
 * The exit ensemble of one row: its logits at an exit are the mean of those of all heads up to
 * there. Not thread-safe.
 */
public final class LogitMean {
  private float[] sum;
  private int exits;

  /**
   * Adds the next exit's head.
   *
   * @param logits has the head's logits, which become the mean
   * @param from index of the first
   * @param labels number of labels, the same at every exit
   */
  public void next(float[] logits, int from, int labels) {
    if (sum == null) {
      sum = new float[labels];
    }
    exits++;
    for (int i = 0; i < labels; i++) {
      sum[i] += logits[from + i];
      logits[from + i] = sum[i] / exits;
    }
  }
}
