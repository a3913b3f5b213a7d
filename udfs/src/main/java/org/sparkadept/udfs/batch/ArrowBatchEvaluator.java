package org.sparkadept.udfs.batch;

import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;

/** A function that is open in one task; used by one thread. */
public interface ArrowBatchEvaluator extends AutoCloseable {

  /**
   * Answers a batch, row by row: row {@code i} of the result belongs to row {@code i} of the
   * inputs.
   *
   * @param inputs one vector an argument, each of {@code rowCount} rows; only read
   * @param rowCount number of rows
   * @param result an empty vector of the function's result field; filled with {@code rowCount} rows
   */
  void evaluate(List<? extends FieldVector> inputs, int rowCount, StructVector result);

  @Override
  void close();
}
