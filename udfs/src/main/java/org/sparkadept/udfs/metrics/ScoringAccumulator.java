package org.sparkadept.udfs.metrics;

import org.apache.spark.SparkContext;
import org.apache.spark.util.AccumulatorV2;

/**
 * Brings the counts of all tasks to the driver.
 *
 * <p><b>Exactly once.</b> Spark merges an accumulator when a task of a <em>result</em> stage
 * succeeds for the first time; what a failed, killed or doubly run (speculative) attempt counted is
 * dropped. Scoring runs in the result stage of a job that writes a scored data set without changes,
 * so the totals then are those of the rows written. Where a shuffle follows the scoring (a sort, an
 * aggregation, a sink with its own distribution), scoring runs in a map stage, which Spark runs
 * again, and counts again, when an executor with its shuffle files is lost. And a data set that two
 * actions use is scored and counted twice.
 */
public final class ScoringAccumulator extends AccumulatorV2<ScoringTotals, ScoringTotals> {
  /** The accumulator's name in Spark's user interface and listeners. */
  public static final String NAME = "adept";

  private static final long serialVersionUID = 1L;

  /** Replaced as a whole: the heartbeat thread reads it while the task's thread adds. */
  private volatile ScoringTotals total = ScoringTotals.ZERO;

  /** Makes an accumulator and registers it with its Spark application. */
  public static ScoringAccumulator register(SparkContext context) {
    ScoringAccumulator accumulator = new ScoringAccumulator();
    context.register(accumulator, NAME);
    return accumulator;
  }

  @Override
  public boolean isZero() {
    return total.equals(ScoringTotals.ZERO);
  }

  @Override
  public AccumulatorV2<ScoringTotals, ScoringTotals> copy() {
    ScoringAccumulator copy = new ScoringAccumulator();
    copy.total = total;
    return copy;
  }

  @Override
  public void reset() {
    total = ScoringTotals.ZERO;
  }

  @Override
  public synchronized void add(ScoringTotals counts) {
    total = total.plus(counts);
  }

  @Override
  public void merge(AccumulatorV2<ScoringTotals, ScoringTotals> other) {
    add(other.value());
  }

  @Override
  public ScoringTotals value() {
    return total;
  }
}
