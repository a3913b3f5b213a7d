package org.sparkadept.pipeline.report.data;

import org.sparkadept.udfs.metrics.ScoringTotals;

/**
 * The result of a job, or of as much of it as is done.
 *
 * @param totals counts of the rows
 * @param reused rows that have the answer of an earlier run; {@code totals} has them among those
 *     without a text
 * @param seconds how long it has run, the start of Spark not included
 * @param cores cores of all executors
 * @param output where the result is, fully qualified; the location as given before that is known
 * @param skipped whether nothing was done because the output exists and was to be left
 */
public record JobResult(
    ScoringTotals totals, long reused, double seconds, int cores, String output, boolean skipped) {

  /** Rows whose text is NULL. */
  public long nulls() {
    return totals.nulls() - reused;
  }

  /** Share of the cores' time in which they had no task, from the first task to the last. */
  public double idleShare() {
    return totals.time().idleShare(cores);
  }

  /** Rows per second, over the whole job. */
  public double rowsPerSecond() {
    return seconds > 0 ? totals.rows() / seconds : 0;
  }
}
