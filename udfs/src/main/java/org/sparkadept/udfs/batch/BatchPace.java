package org.sparkadept.udfs.batch;

import java.util.concurrent.TimeUnit;

/**
 * How many rows the next batch takes. Batches start small and grow while one is done within a few
 * seconds, so that a slow model, too, shows progress and can be killed; answers do not depend on
 * it.
 */
public final class BatchPace {
  private static final int FIRST_ROWS = 256;
  private static final long TARGET_NANOS = TimeUnit.SECONDS.toNanos(4);

  private final int maxRows;
  private int rows;

  /**
   * @param maxRows most rows of a batch
   */
  public BatchPace(int maxRows) {
    this.maxRows = maxRows;
    rows = Math.min(FIRST_ROWS, maxRows);
  }

  /** Rows of the next batch. */
  public int rows() {
    return rows;
  }

  /** Records the time of a batch that was not cut short by its bytes, in nanoseconds. */
  public void took(long nanos) {
    if (nanos < TARGET_NANOS / 2) {
      rows = (int) Math.min(maxRows, rows * 2L);
    } else if (nanos > TARGET_NANOS * 2) {
      rows = Math.max(1, rows / 2);
    }
  }
}
