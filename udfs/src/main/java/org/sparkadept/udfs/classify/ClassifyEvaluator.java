package org.sparkadept.udfs.classify;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.sparkadept.decoder.Classifications;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.BatchMetrics;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.metrics.ScoringTotals;

/** Classifies the batches of one task and counts what they cost. */
final class ClassifyEvaluator implements ArrowBatchEvaluator {
  private final DecoderLease lease;
  private final ScoringAccumulator totals;
  private final BatchMetrics metrics;
  private final byte[][] labels;
  private long rowsBefore;

  /**
   * @param totals may be null
   */
  ClassifyEvaluator(DecoderLease lease, ScoringAccumulator totals, BatchMetrics metrics) {
    this.lease = lease;
    this.totals = totals;
    this.metrics = metrics;
    List<String> names = lease.decoder().labels();
    labels = new byte[names.size()][];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = names.get(i).getBytes(StandardCharsets.UTF_8);
    }
  }

  @Override
  public void evaluate(List<? extends FieldVector> inputs, int rowCount, StructVector result) {
    byte[][] texts = texts((VarCharVector) inputs.get(0), rowCount);
    long start = System.nanoTime();
    Classifications answers = lease.decoder().classify(texts);
    long nanos = System.nanoTime() - start;
    write(texts, answers, result);
    ScoringTotals counts = BatchCounts.of(texts, answers, nanos, rowsBefore);
    ClassifyMetrics.add(counts, lease.decoder().layers(), metrics);
    if (totals != null) {
      totals.add(counts);
    }
    rowsBefore += rowCount;
  }

  private static byte[][] texts(VarCharVector vector, int rowCount) {
    byte[][] texts = new byte[rowCount][];
    for (int row = 0; row < rowCount; row++) {
      texts[row] = vector.isNull(row) ? null : vector.get(row);
    }
    return texts;
  }

  private void write(byte[][] texts, Classifications answers, StructVector result) {
    VarCharVector label = result.getChild(ClassifyFunction.LABEL, VarCharVector.class);
    Float4Vector score = result.getChild(ClassifyFunction.SCORE, Float4Vector.class);
    IntVector exitLayer = result.getChild(ClassifyFunction.EXIT_LAYER, IntVector.class);
    IntVector tokens = result.getChild(ClassifyFunction.TOKENS, IntVector.class);
    BitVector truncated = result.getChild(ClassifyFunction.TRUNCATED, BitVector.class);
    VarCharVector error = result.getChild(ArrowBatchFunction.ERROR, VarCharVector.class);
    for (int row = 0; row < texts.length; row++) {
      if (texts[row] == null) {
        result.setNull(row);
        continue;
      }
      result.setIndexDefined(row);
      tokens.setSafe(row, answers.tokens(row));
      truncated.setSafe(row, answers.truncated(row) ? 1 : 0);
      if (answers.scored(row)) {
        label.setSafe(row, labels[answers.labelIndex(row)]);
        score.setSafe(row, answers.score(row));
        exitLayer.setSafe(row, answers.exitLayer(row));
      } else {
        error.setSafe(row, answers.error(row).getBytes(StandardCharsets.UTF_8));
      }
    }
    result.setValueCount(texts.length);
  }

  @Override
  public void close() {
    lease.close();
  }
}
