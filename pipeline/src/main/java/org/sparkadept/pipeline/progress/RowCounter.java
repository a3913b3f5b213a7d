package org.sparkadept.pipeline.progress;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.metrics.ScoringTotals;

/** Counts the rows of tasks that do more with them than to classify; travels to the tasks. */
public final class RowCounter implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ScoringAccumulator totals;

  private RowCounter(ScoringAccumulator totals) {
    this.totals = totals;
  }

  /** Makes a counter whose rows a {@link ProgressListener} of the same application counts. */
  public static RowCounter register(SparkContext context) {
    return new RowCounter(ScoringAccumulator.register(context));
  }

  /** Counts rows that are done. */
  public void add(int rows) {
    totals.add(ScoringTotals.ofRows(rows));
  }
}
