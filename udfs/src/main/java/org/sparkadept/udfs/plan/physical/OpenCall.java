package org.sparkadept.udfs.plan.physical;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.TransferPair;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.arrow.ArrowWriter;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.RowFailedException;
import org.sparkadept.udfs.conf.ErrorMode;

/**
 * A call in one task: its evaluator, opened at the first row, and the vectors of its arguments,
 * which are made again for every batch.
 */
final class OpenCall implements AutoCloseable {
  /** Spark's type of metrics that are means. */
  private static final String MEAN = "average";

  private final EvalTask.Call call;
  private final ErrorMode onError;
  private final BufferAllocator allocator;
  private final VectorSchemaRoot batch;
  private final ArrowWriter writer;
  private ArrowBatchEvaluator evaluator;
  private long rowsBefore;
  private final Map<SQLMetric, LongSummaryStatistics> means = new HashMap<>();

  OpenCall(EvalTask.Call call, ErrorMode onError, BufferAllocator allocator) {
    this.call = call;
    this.onError = onError;
    this.allocator = allocator;
    Schema schema = new Schema(inputFields(call.function()));
    batch = VectorSchemaRoot.create(schema, allocator);
    writer = ArrowWriter.create(batch);
  }

  private static List<Field> inputFields(ArrowBatchFunction function) {
    List<Field> fields = new ArrayList<>();
    for (ArrowType type : function.inputTypes()) {
      fields.add(Field.nullable("argument" + fields.size(), type));
    }
    return fields;
  }

  /** Adds a row to the batch, which holds the arguments and nothing else. */
  void add(InternalRow row) {
    writer.write(row);
  }

  /**
   * Evaluates the rows that were added and begins a new batch.
   *
   * @return a vector with a row for each of them; the caller closes it
   */
  StructVector evaluate(int rowCount) {
    writer.finish();
    StructVector result = evaluate(batch.getFieldVectors(), rowCount);
    writer.reset();
    return result;
  }

  /**
   * Evaluates vectors that are there already.
   *
   * @return a vector with a row for each of theirs; the caller closes it
   */
  StructVector evaluate(List<? extends FieldVector> inputs, int rowCount) {
    StructVector result = (StructVector) call.function().resultField().createVector(allocator);
    if (rowCount == 0) {
      return result;
    }
    if (evaluator == null) {
      open(result);
    }
    try {
      evaluator.evaluate(inputs, rowCount, result);
      if (result.getValueCount() != rowCount) {
        throw new IllegalStateException(
            String.format(
                "%s gave %s rows for a batch of %s",
                call.function().name(), result.getValueCount(), rowCount));
      }
      if (onError == ErrorMode.FAILFAST) {
        failAtFirstError(result);
      }
    } catch (RuntimeException | Error e) {
      result.close();
      throw e;
    }
    rowsBefore += rowCount;
    return result;
  }

  /**
   * Evaluates rows of vectors that are there already, without a copy of their values.
   *
   * @param end one more than the last row
   * @return a vector with a row for each of these; the caller closes it
   */
  StructVector evaluate(List<FieldVector> inputs, int first, int end) {
    List<FieldVector> slices = new ArrayList<>();
    try {
      for (FieldVector input : inputs) {
        TransferPair transfer = input.getTransferPair(input.getField(), allocator);
        transfer.splitAndTransfer(first, end - first);
        slices.add((FieldVector) transfer.getTo());
      }
      return evaluate(slices, end - first);
    } finally {
      slices.forEach(FieldVector::close);
    }
  }

  private void open(StructVector result) {
    try {
      evaluator = call.function().open(this::count);
    } catch (RuntimeException | Error e) {
      result.close();
      throw e;
    }
  }

  private void count(String name, long value) {
    SQLMetric metric = call.metrics().get(name);
    if (metric == null) {
      throw new IllegalStateException(call.function().name() + " declares no metric " + name);
    }
    if (metric.metricType().equals(MEAN)) {
      means.computeIfAbsent(metric, each -> new LongSummaryStatistics()).accept(value);
    } else {
      metric.add(value);
    }
  }

  private void failAtFirstError(StructVector result) {
    FieldVector errors = result.getChild(ArrowBatchFunction.ERROR);
    for (int row = 0; errors != null && row < result.getValueCount(); row++) {
      if (!result.isNull(row) && !errors.isNull(row)) {
        int partition = TaskContext.get().partitionId();
        String error = errors.getObject(row).toString();
        throw new RowFailedException(partition, rowsBefore + row + 1, error);
      }
    }
  }

  ArrowBatchFunction function() {
    return call.function();
  }

  /** The arguments, as in {@link EvalTask.Call}. */
  List<Expression> arguments() {
    return call.arguments();
  }

  @Override
  public void close() {
    means.forEach((metric, values) -> metric.set(values.getAverage()));
    batch.close();
    if (evaluator != null) {
      evaluator.close();
    }
  }
}
