package org.sparkadept.pipeline.outcome;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkadept.pipeline.progress.RowCounter;

/** The pass over labelled rows; Spark adds up the sums of the partitions, pair by pair. */
public final class OutcomePass {
  private OutcomePass() {}

  /**
   * Runs the pass.
   *
   * @param rows texts and labels, as {@link org.sparkadept.pipeline.table.TextsAndLabels} prepares
   *     them; rows that lack one of the two, or cannot be scored, are counted and left out
   * @param progress counts the rows, for whoever watches
   */
  public static OutcomeSums over(
      Dataset<Row> rows, OutcomePlan plan, BatchBounds bounds, RowCounter progress) {
    return rows.javaRDD()
        .mapPartitions(new OutcomeTask(plan, bounds, progress))
        .treeAggregate(new OutcomeSums(plan), OutcomeSums::plus, OutcomeSums::plus);
  }
}
