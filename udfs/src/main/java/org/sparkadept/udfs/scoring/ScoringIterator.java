package org.sparkadept.udfs.scoring;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.util.ArrowUtils;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.metrics.ScoringTime;
import org.sparkadept.udfs.metrics.ScoringTotals;

/**
 * The rows of one partition with their answers: pulls a batch, has it evaluated, gives out its rows
 * one by one. Holds one batch at a time; all Arrow memory is given back when the task ends, however
 * it ends.
 */
final class ScoringIterator implements Iterator<Row> {
  private final Iterator<Row> input;
  private final ArrowBatchFunction function;
  private final ScoringOptions options;
  private final ScoringAccumulator totals;
  private final TaskContext task = TaskContext.get();
  private final BatchPace pace;
  private final BufferAllocator allocator;
  private final TextBatch batch;
  private final StructVector result;
  private ArrowBatchEvaluator evaluator;
  private int next;
  private long rowsBefore;
  private long countedUntil = System.nanoTime();

  /**
   * @param input rows whose text column is BINARY
   * @param textColumn index of the text column
   */
  ScoringIterator(
      Iterator<Row> input,
      int textColumn,
      ArrowBatchFunction function,
      ScoringOptions options,
      ScoringAccumulator totals) {
    this.input = input;
    this.function = function;
    this.options = options;
    this.totals = totals;
    pace = new BatchPace(options.batchRows());
    String name = function.name() + " task " + task.taskAttemptId();
    allocator = ArrowUtils.rootAllocator().newChildAllocator(name, 0, Long.MAX_VALUE);
    batch = new TextBatch(textColumn, allocator);
    result = (StructVector) function.resultField().createVector(allocator);
    task.addTaskCompletionListener((TaskCompletionListener) ended -> close());
  }

  @Override
  public boolean hasNext() {
    if (next == batch.size()) {
      scoreNextBatch();
    }
    return next < batch.size();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Row row = batch.row(next);
    List<FieldVector> answers = result.getChildrenFromFields();
    Object[] values = new Object[row.size() + answers.size()];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    for (int i = 0; i < answers.size(); i++) {
      values[row.size() + i] = ResultColumns.value(answers.get(i), next);
    }
    next++;
    return RowFactory.create(values);
  }

  private void scoreNextBatch() {
    if (task.isInterrupted()) {
      throw new TaskKilledException("killed between two batches");
    }
    rowsBefore += batch.size();
    next = 0;
    batch.fill(input, pace.rows(), options.batchBytes());
    if (batch.size() == 0) {
      return;
    }
    long start = System.nanoTime();
    if (evaluator == null) {
      evaluator = function.open((name, value) -> {}); // no operator: the accumulator counts
      long opened = System.nanoTime();
      totals.add(ScoringTotals.ofTime(new ScoringTime(0, opened - start, 0, 0, 0)));
      start = opened;
    }
    result.clear();
    evaluator.evaluate(List.of(batch.texts()), batch.size(), result);
    pace.took(System.nanoTime() - start);
    countTime();
    if (options.onError() == ErrorMode.FAILFAST) {
      failAtFirstError();
    }
  }

  private void failAtFirstError() {
    FieldVector errors = result.getChild(ArrowBatchFunction.ERROR);
    for (int row = 0; row < batch.size(); row++) {
      if (!errors.isNull(row)) {
        String error = ResultColumns.value(errors, row).toString();
        throw new RowFailedException(task.partitionId(), rowsBefore + row + 1, error);
      }
    }
  }

  private void countTime() {
    long now = System.nanoTime();
    totals.add(ScoringTotals.ofTime(new ScoringTime(now - countedUntil, 0, 0, 0, 0)));
    countedUntil = now;
  }

  private void close() {
    countTime();
    batch.close();
    result.close();
    if (evaluator != null) {
      evaluator.close();
    }
    allocator.close();
  }
}
