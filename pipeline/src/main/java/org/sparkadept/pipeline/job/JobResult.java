package org.sparkadept.pipeline.job;

import org.sparkadept.udfs.metrics.ScoringTotals;

/**
 * What a job has done so far.
 *
 * @param totals what was counted
 * @param seconds how long it has run, the start of Spark not included
 * @param output where the result is, fully qualified; the location asked for before that is known
 * @param skipped whether nothing was done because the output exists and was to be left
 */
public record JobResult(ScoringTotals totals, double seconds, String output, boolean skipped) {

  /** Rows per second, over the whole job. */
  public double rowsPerSecond() {
    return seconds > 0 ? totals.rows() / seconds : 0;
  }
}
