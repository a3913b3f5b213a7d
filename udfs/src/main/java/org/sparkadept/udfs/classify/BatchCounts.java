package org.sparkadept.udfs.classify;

import java.util.ArrayList;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.DecoderStatistics;
import org.sparkadept.udfs.metrics.ScoringTime;
import org.sparkadept.udfs.metrics.ScoringTotals;

/** Counts the answers of one batch. */
final class BatchCounts {
  private BatchCounts() {}

  /**
   * @param texts the batch
   * @param answers the answers to its distinct texts
   * @param decoderNanos time the decoder took, in nanoseconds
   * @param rowsBefore rows of the partition that went before, to place the errors
   */
  static ScoringTotals of(
      DistinctTexts texts, Classifications answers, long decoderNanos, long rowsBefore) {
    long scored = 0;
    long nulls = 0;
    long errors = 0;
    long truncated = 0;
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
        tokens += answers.tokens(answer);
        truncated += answers.truncated(answer) ? 1 : 0;
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
        nulls,
        errors,
        truncated,
        tokens,
        cost.flops(),
        cost.sharedFlops(),
        cost.fullDepthFlops(),
        new ScoringTime(0, 0, decoderNanos, cost.tokenizerNanos(), cost.computeNanos()),
        exits,
        examples);
  }

  private static String place(long row) {
    TaskContext task = TaskContext.get();
    String partition = task == null ? "" : "partition " + task.partitionId() + ", ";
    return partition + "row " + (row + 1);
  }
}
