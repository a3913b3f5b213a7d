package org.sparkadept.udfs.classify;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.spark.TaskContext;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.DecoderStatistics;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.metrics.ScoringTime;
import org.sparkadept.udfs.metrics.ScoringTotals;
import org.sparkadept.udfs.sharing.LeasedClassifier;

/** Classifies the batches of one task, each text of a batch once, and counts rows and costs. */
final class ClassifyEvaluator implements ArrowBatchEvaluator {
  private final LeasedClassifier model;
  private final int scoredLabels;
  private final ClassifyMetrics metrics;
  private final ScoringAccumulator totals;
  private final byte[][] labels;
  private long rowsBefore;
  private long countedUntil = System.nanoTime();

  /**
   * @param totals may be null
   */
  ClassifyEvaluator(
      LeasedClassifier model,
      int scoredLabels,
      ClassifyMetrics metrics,
      ScoringAccumulator totals) {
    this.model = model;
    this.scoredLabels = scoredLabels;
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
    Classifications answers = model.classify(texts.texts(), scoredLabels > 0);
    long nanos = System.nanoTime() - start;
    write(texts, answers, result);
    long arrowNanos = System.nanoTime() - begin - nanos;
    ScoringTotals counts = count(texts, answers, nanos);
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
    LabelScores scores = new LabelScores(labels, scoredLabels, lists);
    LabelScores sets =
        model.multiLabel()
            ? new LabelScores(
                labels, labels.length, result.getChild(ClassifyFunction.LABELS, ListVector.class))
            : null;
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
      if (answers.labelIndex(answer) >= 0) {
        if (!answers.abstains(answer)) {
          label.setSafe(row, labels[answers.labelIndex(answer)]);
        }
        score.setSafe(row, answers.score(answer));
      }
      if (sets != null) {
        sets.set(row, answers.labels(answer).indices(), answers.scores(answer));
      }
      exitLayer.setSafe(row, answers.exitLayer(answer));
      if (scoredLabels > 0) {
        scores.set(row, answers.probabilities(answer));
      }
    }
    result.setValueCount(texts.rows());
  }

  /**
   * Counts the answers of a batch.
   *
   * @param texts the batch
   * @param answers the answers to its distinct texts
   * @param decoderNanos time that the decoder took, in nanoseconds
   */
  private ScoringTotals count(DistinctTexts texts, Classifications answers, long decoderNanos) {
    long scored = 0;
    long abstained = 0;
    long nulls = 0;
    long errors = 0;
    long truncated = 0;
    long chunkedRows = 0;
    long chunks = 0;
    long tokens = 0;
    TreeMap<Integer, Long> exits = new TreeMap<>();
    ArrayList<String> examples = new ArrayList<>();
    for (int row = 0; row < texts.rows(); row++) {
      if (texts.isNull(row)) {
        nulls++;
        continue;
      }
      int answer = texts.index(row);
      if (answers.scored(answer)) {
        scored++;
        abstained += answers.abstains(answer) ? 1 : 0;
        tokens += answers.tokens(answer);
        truncated += answers.truncated(answer) ? 1 : 0;
        if (answers.chunks(answer) > 1) {
          chunkedRows++;
          chunks += answers.chunks(answer);
        }
        exits.merge(answers.exitLayer(answer), 1L, Long::sum);
      } else {
        errors++;
        if (examples.size() < ScoringTotals.MAX_EXAMPLES) {
          examples.add(place(rowsBefore + row) + ": " + answers.error(answer));
        }
      }
    }
    DecoderStatistics cost = answers.statistics();
    return new ScoringTotals(
        texts.rows(),
        scored,
        abstained,
        nulls,
        errors,
        truncated,
        chunkedRows,
        chunks,
        tokens,
        cost.flops(),
        cost.sharedFlops(),
        cost.fullDepthFlops(),
        cost.checkpointFlops(),
        ScoringTime.ofDecoder(decoderNanos, cost.tokenizerNanos(), cost.computeNanos()),
        exits,
        examples);
  }

  private static String place(long row) {
    TaskContext task = TaskContext.get();
    String partition = task == null ? "" : "partition " + task.partitionId() + ", ";
    return partition + "row " + (row + 1);
  }

  /** Counts the time since the last count: the batch, and Spark's work between batches. */
  private void countTime() {
    long now = System.nanoTime();
    if (totals != null) {
      totals.add(ScoringTotals.ofTime(ScoringTime.ofTask(now - countedUntil)));
    }
    countedUntil = now;
  }

  @Override
  public void close() {
    countTime();
    model.close();
  }
}
