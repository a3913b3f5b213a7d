package org.sparkadept.decoder.prompt;

/**
 * One answer out of those of a row's chunks. Used by one thread.
 *
 * <p>The mean is that of the logarithms, brought back to a sum of 1: with {@code n} chunks, {@code
 * p(y) ∝ exp(Σ log p_i(y) / n)}. The maximum is the answer of the chunk whose most probable label
 * has the largest probability, the first among equals. Of one chunk both are its own answer, to the
 * last bit.
 */
public final class ChunkMerge {
  private final LongRows.Merge kind;
  private float[] surest;
  private double[] logarithms;
  private int chunks;

  /**
   * @param kind how answers are merged
   */
  public ChunkMerge(LongRows.Merge kind) {
    this.kind = kind;
  }

  /**
   * Adds a chunk.
   *
   * @param probabilities of the labels; not changed, and kept
   */
  public void add(float[] probabilities) {
    if (chunks == 0) {
      logarithms = new double[probabilities.length];
    }
    if (chunks == 0 || probabilities[top(probabilities)] > surest[top(surest)]) {
      surest = probabilities;
    }
    for (int label = 0; label < logarithms.length; label++) {
      logarithms[label] += Math.log(Math.max(probabilities[label], Float.MIN_VALUE));
    }
    chunks++;
  }

  /** Number of chunks. */
  public int chunks() {
    return chunks;
  }

  /** The merged probabilities of the labels; of at least one chunk. */
  public float[] probabilities() {
    if (chunks == 1 || kind == LongRows.Merge.MAX) {
      return surest;
    }
    double largest = Double.NEGATIVE_INFINITY;
    for (double sum : logarithms) {
      largest = Math.max(largest, sum / chunks);
    }
    double total = 0;
    double[] shares = new double[logarithms.length];
    for (int label = 0; label < shares.length; label++) {
      shares[label] = Math.exp(logarithms[label] / chunks - largest);
      total += shares[label];
    }
    float[] merged = new float[shares.length];
    for (int label = 0; label < shares.length; label++) {
      merged[label] = (float) (shares[label] / total);
    }
    return merged;
  }

  /** Index of the largest probability, the first among equals. */
  public static int top(float[] probabilities) {
    int top = 0;
    for (int label = 1; label < probabilities.length; label++) {
      top = probabilities[label] > probabilities[top] ? label : top;
    }
    return top;
  }
}
