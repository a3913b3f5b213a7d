package org.sparkadept.udfs.plan.physical;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.conf.ScoringOptions;

/**
 * What the driver sends to the tasks of an operator.
 *
 * @param calls what they evaluate
 * @param options the bounds of a batch, and how rows with an error are treated
 * @param rows metric: rows that went through, whatever the number of calls
 * @param batches metric: evaluations
 * @param time metric: nanoseconds in the calls
 */
record EvalTask(
    List<Call> calls, ScoringOptions options, SQLMetric rows, SQLMetric batches, SQLMetric time)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * A call as a task evaluates it.
   *
   * @param function what is called
   * @param arguments each a {@code BoundReference} to a column of the child, or a {@code Literal}
   * @param metrics those of the function, by name
   */
  record Call(
      ArrowBatchFunction function, List<Expression> arguments, Map<String, SQLMetric> metrics)
      implements Serializable {
    private static final long serialVersionUID = 1L;
  }
}
