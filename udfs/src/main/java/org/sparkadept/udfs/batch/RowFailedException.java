package org.sparkadept.udfs.batch;

import org.sparkadept.decoder.error.AdeptException;

/** A row that cannot be scored, in a run that is to fail at the first of them. */
public final class RowFailedException extends AdeptException {
  private static final long serialVersionUID = 1L;

  /**
   * @param partition the row's partition, from 0 as Spark counts
   * @param row the row's number within its partition, from 1
   * @param error why it cannot be scored, without a full stop
   */
  public RowFailedException(int partition, long row, String error) {
    super(
        String.format(
            "Row %s of partition %s cannot be scored: %s. The job stops at the first"
                + " such row (failfast). To keep such rows with their error, use --on-error"
                + " permissive (spark.adept.rows.onError).",
            row, partition, error));
  }
}
