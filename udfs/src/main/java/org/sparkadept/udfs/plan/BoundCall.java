package org.sparkadept.udfs.plan;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.sparkadept.udfs.batch.ArrowBatchFunction;

/**
 * A call as a task runs it.
 *
 * @param function what is called
 * @param arguments each a {@code BoundReference} to a column of the child, or a {@code Literal}
 * @param metrics those of the function, by name
 */
record BoundCall(
    ArrowBatchFunction function, List<Expression> arguments, Map<String, SQLMetric> metrics)
    implements Serializable {
  private static final long serialVersionUID = 1L;
}
