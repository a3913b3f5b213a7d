package org.sparkadept.udfs.batch;

import java.io.Serializable;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * A function from batches of Arrow vectors to one struct vector. It is planned on the driver, sent
 * to the executors and opened there once a task.
 *
 * <p>It is deterministic, and {@code equals} means that two functions give the same answers: equal
 * calls of equal functions in one operator are evaluated once.
 */
public interface ArrowBatchFunction extends Serializable {

  /**
   * The child of the result struct, of type STRING, with the reason why a row has no answer; NULL
   * where it has one. A result may do without.
   */
  String ERROR = "error";

  /** Name of the function in plans and messages. */
  String name();

  /** Type of each argument, in order. */
  List<ArrowType> inputTypes();

  /**
   * The columns that the text of the first argument is read from, by name, where a call may give a
   * struct of them in its place; {@link org.sparkadept.decoder.prompt.RowTexts} packs several.
   * Empty where a call may not.
   */
  default List<String> textColumns() {
    return List.of();
  }

  /** The result: a nullable struct. */
  Field resultField();

  /** The metrics that its evaluators add to. */
  default List<BatchMetric> metrics() {
    return List.of();
  }

  /**
   * Makes the function ready to run in this JVM. Called in the task's thread.
   *
   * @param metrics where the evaluator adds to {@link #metrics()}
   * @return an evaluator for one task, to be used by one thread
   * @throws org.sparkadept.decoder.error.AdeptException if it cannot run here
   */
  ArrowBatchEvaluator open(BatchMetrics metrics);
}
