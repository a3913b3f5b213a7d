package org.sparkadept.udfs.conf;

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
          String.format(
              "A batch must have from 1 to %s bytes of text, but batchBytes is %s",
              MAX_BATCH_BYTES, batchBytes));
    }
  }

  /** The defaults: 4096 rows or 8 MiB of text, and rows keep their errors. */
  public static ScoringOptions defaults() {
    return new ScoringOptions(4096, 8L << 20, ErrorMode.PERMISSIVE);
  }
}
