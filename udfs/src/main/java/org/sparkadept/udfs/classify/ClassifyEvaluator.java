package org.sparkadept.udfs.classify;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.metrics.ScoringTime;
import org.sparkadept.udfs.metrics.ScoringTotals;

/** Classifies the batches of one task, each text of a batch once, and counts what they cost. */
final class ClassifyEvaluator implements ArrowBatchEvaluator {
  private final TextClassifier model;
  private final boolean wantsScores;
  private final ClassifyMetrics metrics;
  private final ScoringAccumulator totals;
  private final byte[][] labels;
  private long rowsBefore;
  private long countedUntil = System.nanoTime();

  /**
   * @param totals may be null
   */
  ClassifyEvaluator(
      TextClassifier model,
      boolean wantsScores,
      ClassifyMetrics metrics,
      ScoringAccumulator totals) {
    this.model = model;
    this.wantsScores = wantsScores;
    this.metrics = metrics;
    this.totals = totals;
    List<String> names = model.labels();
    labels = new byte[names.size()][];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = names.get(i).getBytes(StandardCharsets.UTF_8);
    }
  }

  @Override
  public void evaluate(List<? extends FieldVector> inputs, int rowCount, StructVector result) {
    long begin = System.nanoTime();
    DistinctTexts texts = new DistinctTexts((VarCharVector) inputs.get(0), rowCount);
    long start = System.nanoTime();
    Classifications answers = model.classify(texts.texts(), wantsScores);
    long nanos = System.nanoTime() - start;
    write(texts, answers, result);
    long arrowNanos = System.nanoTime() - begin - nanos;
    ScoringTotals counts = BatchCounts.of(texts, answers, nanos, rowsBefore);
    metrics.add(counts, answers.size(), arrowNanos);
    if (totals != null) {
      totals.add(counts);
    }
    countTime();
    rowsBefore += rowCount;
  }

  private void write(DistinctTexts texts, Classifications answers, StructVector result) {
    VarCharVector label = result.getChild(ClassifyFunction.LABEL, VarCharVector.class);
    Float4Vector score = result.getChild(ClassifyFunction.SCORE, Float4Vector.class);
    ListVector lists = result.getChild(ClassifyFunction.SCORES, ListVector.class);
    IntVector exitLayer = result.getChild(ClassifyFunction.EXIT_LAYER, IntVector.class);
    IntVector tokens = result.getChild(ClassifyFunction.TOKENS, IntVector.class);
    BitVector truncated = result.getChild(ClassifyFunction.TRUNCATED, BitVector.class);
    VarCharVector error = result.getChild(ArrowBatchFunction.ERROR, VarCharVector.class);
    LabelScores scores = new LabelScores(labels, lists);
    for (int row = 0; row < texts.rows(); row++) {
      if (texts.isNull(row)) {
        result.setNull(row);
        continue;
      }
      int answer = texts.index(row);
      result.setIndexDefined(row);
      tokens.setSafe(row, answers.tokens(answer));
      truncated.setSafe(row, answers.truncated(answer) ? 1 : 0);
      if (!answers.scored(answer)) {
        error.setSafe(row, answers.error(answer).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      label.setSafe(row, labels[answers.labelIndex(answer)]);
      score.setSafe(row, answers.score(answer));
      exitLayer.setSafe(row, answers.exitLayer(answer));
      if (wantsScores) {
        scores.set(row, answers.probabilities(answer));
      }
    }
    result.setValueCount(texts.rows());
  }

  /** Counts what passed since the last count: the batch, and Spark's work between two of them. */
  private void countTime() {
    long now = System.nanoTime();
    if (totals != null) {
      totals.add(ScoringTotals.ofTime(new ScoringTime(now - countedUntil, 0, 0, 0, 0)));
    }
    countedUntil = now;
  }

  @Override
  public void close() {
    countTime();
    model.close();
  }
}
