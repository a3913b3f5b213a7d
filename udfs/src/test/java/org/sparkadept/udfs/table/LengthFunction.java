package org.sparkadept.udfs.table;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.BatchMetrics;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.metrics.ScoringTotals;

/** A batch function without a model: bytes of the text, and rows of its batch; may be slow. */
final class LengthFunction implements ArrowBatchFunction {
  static final AtomicInteger BATCHES = new AtomicInteger();
  static final AtomicInteger OPEN = new AtomicInteger();

  private static final long serialVersionUID = 1L;

  private final long millisPerBatch;
  private final ScoringAccumulator totals;

  /**
   * @param totals where the rows are counted
   */
  LengthFunction(long millisPerBatch, ScoringAccumulator totals) {
    this.millisPerBatch = millisPerBatch;
    this.totals = totals;
  }

  @Override
  public String name() {
    return "length";
  }

  @Override
  public List<ArrowType> inputTypes() {
    return List.of(ArrowType.Utf8.INSTANCE);
  }

  @Override
  public Field resultField() {
    return new Field(
        name(),
        FieldType.nullable(ArrowType.Struct.INSTANCE),
        List.of(
            Field.nullable("length", new ArrowType.Int(32, true)),
            Field.nullable("batch", new ArrowType.Int(32, true)),
            Field.nullable(ERROR, ArrowType.Utf8.INSTANCE)));
  }

  @Override
  public ArrowBatchEvaluator open(BatchMetrics metrics) {
    OPEN.incrementAndGet();
    return new Evaluator();
  }

  private final class Evaluator implements ArrowBatchEvaluator {
    @Override
    public void evaluate(List<? extends FieldVector> inputs, int rowCount, StructVector result) {
      BATCHES.incrementAndGet();
      VarCharVector texts = (VarCharVector) inputs.get(0);
      IntVector length = result.getChild("length", IntVector.class);
      IntVector batch = result.getChild("batch", IntVector.class);
      for (int row = 0; row < rowCount; row++) {
        result.setIndexDefined(row);
        batch.setSafe(row, rowCount);
        if (!texts.isNull(row)) {
          length.setSafe(row, texts.getValueLength(row));
        }
      }
      result.setValueCount(rowCount);
      totals.add(ScoringTotals.ofRows(rowCount));
      pause();
    }

    /** Takes its time and, like native code, does not mind an interrupt. */
    private void pause() {
      long end = System.nanoTime() + millisPerBatch * 1_000_000;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void close() {
      OPEN.decrementAndGet();
    }
  }
}
