package org.sparkadept.udfs.plan.physical;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.util.VectorAppender;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.execution.vectorized.ColumnVectorUtils;
import org.apache.spark.sql.execution.vectorized.ConstantColumnVector;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.vectorized.ArrowColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.sparkadept.udfs.batch.ArrowBatchFunction;

/**
 * Adds a column for each call to the batches of a partition. The child's columns pass through as
 * they are; they are valid until the child's next batch, so one batch is in flight. Arguments that
 * are Arrow vectors already are not copied; others are, piece by piece, so that a batch of long
 * texts is not held twice.
 */
final class ColumnarEvaluation implements Iterator<ColumnarBatch> {
  private final Iterator<ColumnarBatch> input;
  private final TaskCalls calls;
  private final List<ColumnVector> results = new ArrayList<>();

  ColumnarEvaluation(Iterator<ColumnarBatch> input, EvalTask eval) {
    this.input = input;
    calls = new TaskCalls(eval, this::release);
  }

  private void release() {
    results.forEach(ColumnVector::close);
    results.clear();
  }

  @Override
  public boolean hasNext() {
    return input.hasNext();
  }

  @Override
  public ColumnarBatch next() {
    release();
    ColumnarBatch batch = input.next();
    for (OpenCall call : calls.all()) {
      results.add(new ArrowColumnVector(evaluate(call, batch)));
    }
    List<ColumnVector> columns = new ArrayList<>();
    for (int i = 0; i < batch.numCols(); i++) {
      columns.add(batch.column(i));
    }
    columns.addAll(results);
    calls.answered(batch.numRows());
    return new ColumnarBatch(columns.toArray(new ColumnVector[0]), batch.numRows());
  }

  private StructVector evaluate(OpenCall call, ColumnarBatch batch) {
    List<ColumnVector> columns = new ArrayList<>();
    List<FieldVector> vectors = new ArrayList<>();
    for (Expression argument : call.arguments()) {
      ColumnVector column = column(argument, batch);
      columns.add(column);
      if (column instanceof ArrowColumnVector arrow && fits(arrow, call, vectors.size())) {
        vectors.add((FieldVector) arrow.getValueVector());
      }
    }
    int rows = batch.numRows();
    if (vectors.size() == columns.size() && rows <= calls.rows()) {
      calls.checkAlive();
      long start = System.nanoTime();
      StructVector result = call.evaluate(vectors, rows);
      calls.evaluated(start);
      return result;
    }
    ColumnarBatch arguments = new ColumnarBatch(columns.toArray(new ColumnVector[0]), rows);
    return evaluateInPieces(call, arguments, vectors.size() == columns.size() ? vectors : null);
  }

  private static ColumnVector column(Expression argument, ColumnarBatch batch) {
    if (argument instanceof BoundReference column) {
      return batch.column(column.ordinal());
    }
    ConstantColumnVector constant = new ConstantColumnVector(batch.numRows(), argument.dataType());
    Object[] value = {((Literal) argument).value()};
    ColumnVectorUtils.populate(constant, new GenericInternalRow(value), 0);
    return constant;
  }

  private static boolean fits(ArrowColumnVector column, OpenCall call, int argument) {
    ValueVector vector = column.getValueVector();
    ArrowBatchFunction function = call.function();
    return vector instanceof FieldVector
        && vector.getField().getType().equals(function.inputTypes().get(argument));
  }

  /**
   * @param vectors the arguments, if all are Arrow vectors that need no copy; else null
   */
  private StructVector evaluateInPieces(
      OpenCall call, ColumnarBatch arguments, List<FieldVector> vectors) {
    StructVector whole = null;
    int first = 0;
    try {
      do {
        calls.checkAlive();
        int end = endOfPiece(arguments, first);
        long start = System.nanoTime();
        StructVector piece =
            vectors == null
                ? evaluateCopy(call, arguments, first, end)
                : call.evaluate(vectors, first, end);
        calls.evaluated(start);
        whole = append(whole, piece);
        first = end;
      } while (first < arguments.numRows());
      return whole;
    } catch (RuntimeException | Error e) {
      if (whole != null) {
        whole.close();
      }
      throw e;
    }
  }

  private static StructVector evaluateCopy(
      OpenCall call, ColumnarBatch arguments, int first, int end) {
    for (int row = first; row < end; row++) {
      call.add(arguments.getRow(row));
    }
    return call.evaluate(end - first);
  }

  private static StructVector append(StructVector whole, StructVector piece) {
    if (whole == null) {
      return piece;
    }
    try (piece) {
      new VectorAppender(whole).visit(piece, null);
      return whole;
    }
  }

  /** One more than the last row of the piece that begins at {@code first}. */
  private int endOfPiece(ColumnarBatch arguments, int first) {
    int most = (int) Math.min(arguments.numRows(), (long) first + calls.rows());
    int row = first;
    for (long bytes = 0; row < most && bytes < calls.bytes(); row++) {
      for (int i = 0; i < arguments.numCols(); i++) {
        bytes += size(arguments.column(i), row);
      }
    }
    return row;
  }

  private static long size(ColumnVector column, int row) {
    DataType type = column.dataType();
    if (column.isNullAt(row)) {
      return 0;
    }
    if (type instanceof StringType) {
      return column.getUTF8String(row).numBytes();
    }
    return type instanceof BinaryType ? column.getBinary(row).length : type.defaultSize();
  }
}
