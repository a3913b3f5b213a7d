package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import java.util.TreeSet;

/**
 * How many rows are answered, and how many of them rightly, where rows with a score below a bound
 * get no answer: for bounds that are the same for any data.
 */
public final class Coverage implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final float[] BOUNDS = {
    0, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.75f, 0.8f, 0.85f, 0.9f, 0.93f, 0.95f, 0.97f,
    0.98f, 0.99f, 0.995f, 0.998f, 0.999f
  };

  private final float[] bounds;
  private final long[] answered;
  private final long[] right;

  /**
   * @param inUse the bound in use, which is counted in any case
   */
  public Coverage(float inUse) {
    TreeSet<Float> all = new TreeSet<>();
    for (float bound : BOUNDS) {
      all.add(bound);
    }
    all.add(inUse);
    bounds = new float[all.size()];
    int next = 0;
    for (float bound : all) {
      bounds[next++] = bound;
    }
    answered = new long[bounds.length];
    right = new long[bounds.length];
  }

  /** Adds a row. */
  public void add(float score, boolean isRight) {
    for (int i = 0; i < bounds.length && score >= bounds[i]; i++) {
      answered[i]++;
      right[i] += isRight ? 1 : 0;
    }
  }

  void add(Coverage other) {
    for (int i = 0; i < bounds.length; i++) {
      answered[i] += other.answered[i];
      right[i] += other.right[i];
    }
  }

  /** Number of bounds; they ascend, and the first is 0. */
  public int size() {
    return bounds.length;
  }

  /** A bound: the least score of an answer, in [0, 1]. */
  public float bound(int index) {
    return bounds[index];
  }

  /** A bound as {@link ShortDecimal} has it. */
  public double shownBound(int index) {
    return ShortDecimal.of(bounds[index]);
  }

  /** Rows with at least that score. */
  public long answered(int index) {
    return answered[index];
  }

  /** Those of them whose most probable label is the true one. */
  public long right(int index) {
    return right[index];
  }
}
