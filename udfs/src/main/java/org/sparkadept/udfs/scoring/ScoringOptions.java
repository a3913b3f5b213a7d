package org.sparkadept.udfs.scoring;

import java.io.Serializable;
import org.sparkadept.decoder.error.AdeptException;

/**
 * How a data set is scored.
 *
 * @param batchRows most rows of an Arrow batch
 * @param batchBytes text bytes after which a batch ends; a batch holds at most one row more
 * @param onError what happens to rows that cannot be scored
 */
public record ScoringOptions(int batchRows, long batchBytes, ErrorMode onError)
    implements Serializable {

  /** Default bound on the rows of a batch. */
  public static final int DEFAULT_BATCH_ROWS = 4096;

  /** Default bound on the text of a batch: 8 MiB. */
  public static final long DEFAULT_BATCH_BYTES = 8L << 20;

  /** Largest bound on the text of a batch: 512 MiB, so that one more row of 1 GiB still fits. */
  public static final long MAX_BATCH_BYTES = 512L << 20;

  private static final long serialVersionUID = 1L;

  /**
   * @throws AdeptException if a bound is out of its range
   */
  public ScoringOptions {
    if (batchRows < 1) {
      throw new AdeptException("A batch must have at least 1 row, but batchRows is " + batchRows);
    }
    if (batchBytes < 1 || batchBytes > MAX_BATCH_BYTES) {
      throw new AdeptException(
          "A batch must have from 1 to "
              + MAX_BATCH_BYTES
              + " bytes of text, but batchBytes is "
              + batchBytes);
    }
  }

  /** What a user gets who says nothing. */
  public static ScoringOptions defaults() {
    return new ScoringOptions(DEFAULT_BATCH_ROWS, DEFAULT_BATCH_BYTES, ErrorMode.PERMISSIVE);
  }
}
