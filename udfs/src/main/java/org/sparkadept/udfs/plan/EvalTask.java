package org.sparkadept.udfs.plan;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.sparkadept.udfs.scoring.ScoringOptions;

/**
 * What the tasks of an operator are told.
 *
 * @param calls what they evaluate
 * @param options the bounds of a batch, and what becomes of rows with an error
 * @param rows metric: rows that went through, whatever the number of calls
 * @param batches metric: evaluations
 * @param time metric: nanoseconds in the calls
 */
record EvalTask(
    List<BoundCall> calls,
    ScoringOptions options,
    SQLMetric rows,
    SQLMetric batches,
    SQLMetric time)
    implements Serializable {
  private static final long serialVersionUID = 1L;
}
