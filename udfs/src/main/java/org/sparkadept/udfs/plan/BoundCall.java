package org.sparkadept.udfs.plan;

import java.io.Serializable;
import java.util.Map;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.sparkadept.udfs.batch.ArrowBatchFunction;

/**
 * A call as a task runs it.
 *
 * @param function what is called
 * @param columns index of each argument among the child's columns
 * @param metrics those of the function, by name
 */
record BoundCall(ArrowBatchFunction function, int[] columns, Map<String, SQLMetric> metrics)
    implements Serializable {
  private static final long serialVersionUID = 1L;
}
