package org.sparkadept.udfs.plan.physical;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.JoinedRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ArrowColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.sparkadept.udfs.plan.logical.ScalaLists;

/** Adds a column for each call to the rows of a partition; holds the rows of one batch. */
final class RowEvaluation implements Iterator<InternalRow> {
  private final Iterator<InternalRow> input;
  private final TaskCalls calls;
  private final List<UnsafeProjection> arguments = new ArrayList<>();
  private final List<InternalRow> rows = new ArrayList<>();
  private final List<ColumnVector> vectors = new ArrayList<>();
  private final UnsafeProjection output;
  private final JoinedRow joined = new JoinedRow();
  private ColumnarBatch results;
  private int next;

  /**
   * @param outputTypes types of the child's and of the calls' columns
   */
  RowEvaluation(Iterator<InternalRow> input, EvalTask eval, DataType[] outputTypes) {
    this.input = input;
    calls = new TaskCalls(eval, this::release);
    for (EvalTask.Call call : eval.calls()) {
      arguments.add(UnsafeProjection.create(ScalaLists.<Expression>seq(call.arguments())));
    }
    output = UnsafeProjection.create(outputTypes);
  }

  private void release() {
    rows.clear();
    vectors.forEach(ColumnVector::close);
    vectors.clear();
  }

  @Override
  public boolean hasNext() {
    return next < rows.size() || input.hasNext();
  }

  @Override
  public InternalRow next() {
    if (next == rows.size()) {
      nextBatch();
    }
    InternalRow row = joined.apply(rows.get(next), results.getRow(next));
    next++;
    return output.apply(row);
  }

  private void nextBatch() {
    release();
    next = 0;
    calls.checkAlive();
    long bytes = 0;
    int most = calls.rows();
    while (rows.size() < most && bytes < calls.bytes() && input.hasNext()) {
      InternalRow row = input.next().copy();
      rows.add(row);
      for (int i = 0; i < arguments.size(); i++) {
        UnsafeRow argument = arguments.get(i).apply(row);
        bytes += argument.getSizeInBytes();
        calls.all().get(i).add(argument);
      }
    }
    long start = System.nanoTime();
    for (OpenCall call : calls.all()) {
      vectors.add(new ArrowColumnVector(call.evaluate(rows.size())));
    }
    results = new ColumnarBatch(vectors.toArray(new ColumnVector[0]), rows.size());
    calls.evaluated(start);
    calls.answered(rows.size());
  }
}
