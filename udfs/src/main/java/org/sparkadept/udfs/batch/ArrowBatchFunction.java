package org.sparkadept.udfs.batch;

import java.io.Serializable;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * A function from batches of Arrow vectors to one struct vector. It is planned on the driver, sent
 * to the executors and opened there once a task.
 */
public interface ArrowBatchFunction extends Serializable {

  /** The child of the result struct that tells why a row has no answer; NULL where it has one. */
  String ERROR = "error";

  /** Name of the function in plans and messages. */
  String name();

  /** Type of each argument, in order. */
  List<ArrowType> inputTypes();

  /** The result: a nullable struct. */
  Field resultField();

  /**
   * Makes the function ready to run in this JVM. Called in the task's thread.
   *
   * @return an evaluator for one task, to be used by one thread
   * @throws org.sparkadept.decoder.AdeptException if it cannot run here
   */
  ArrowBatchEvaluator open();
}
