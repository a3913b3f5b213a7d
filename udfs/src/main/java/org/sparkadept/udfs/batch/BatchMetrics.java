package org.sparkadept.udfs.batch;

/** Where a function's evaluator adds to the function's metrics, in the task's thread. */
@FunctionalInterface
public interface BatchMetrics {
  /**
   * Adds to a metric.
   *
   * @param name a name of {@link ArrowBatchFunction#metrics}
   * @param value what to add; not negative
   */
  void add(String name, long value);
}
