package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import java.util.List;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.DecoderStatistics;
import org.sparkadept.pipeline.report.data.ConfidenceBin;

/**
 * Sums over the model's answers and their cost, with its exit policy and at full depth. The size is
 * given by the numbers of labels and exits. Index {@code e} is the e-th exit, index {@code y} a
 * label.
 */
public final class AnswerSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Bins bins = new Bins();
  private final Coverage coverage;
  private final int[] exitLayers;
  private final long[] rowsAt;
  private final long[] rightAt;
  private final long[][] exitsOfLabel;
  private final long[][] confusion;
  private long right;
  private long agreeing;
  private long flops;
  private long fullDepthFlops;
  private long checkpointFlops;
  private long computeNanos;
  private long fullDepthNanos;

  AnswerSums(int labels, int[] exitLayers, float minScore) {
    coverage = new Coverage(minScore);
    this.exitLayers = exitLayers;
    rowsAt = new long[exitLayers.length];
    rightAt = new long[exitLayers.length];
    exitsOfLabel = new long[labels][exitLayers.length];
    confusion = new long[labels][labels];
  }

  /**
   * Adds a scored row.
   *
   * @param fullDepth index of full depth's label
   * @param truth index of the true label; -1 if the model has none such
   */
  void add(Classifications answers, int row, int fullDepth, int truth) {
    int answer = answers.labelIndex(row);
    boolean isRight = answer == truth;
    right += isRight ? 1 : 0;
    agreeing += answer == fullDepth ? 1 : 0;
    bins.add(answers.score(row), isRight);
    coverage.add(answers.score(row), isRight);
    for (int exit = 0; exit < exitLayers.length; exit++) {
      if (exitLayers[exit] == answers.exitLayer(row)) {
        rowsAt[exit]++;
        rightAt[exit] += isRight ? 1 : 0;
        if (truth >= 0) {
          exitsOfLabel[truth][exit]++;
        }
      }
    }
    if (truth >= 0) {
      confusion[truth][answer]++;
    }
  }

  void addCost(DecoderStatistics answers, DecoderStatistics fullDepth) {
    flops += answers.flops();
    fullDepthFlops += fullDepth.flops();
    checkpointFlops += answers.checkpointFlops();
    computeNanos += answers.computeNanos();
    fullDepthNanos += fullDepth.computeNanos();
  }

  void add(AnswerSums other) {
    bins.add(other.bins);
    coverage.add(other.coverage);
    add(rowsAt, other.rowsAt);
    add(rightAt, other.rightAt);
    for (int label = 0; label < confusion.length; label++) {
      add(exitsOfLabel[label], other.exitsOfLabel[label]);
      add(confusion[label], other.confusion[label]);
    }
    right += other.right;
    agreeing += other.agreeing;
    flops += other.flops;
    fullDepthFlops += other.fullDepthFlops;
    checkpointFlops += other.checkpointFlops;
    computeNanos += other.computeNanos;
    fullDepthNanos += other.fullDepthNanos;
  }

  private static void add(long[] sums, long[] more) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += more[i];
    }
  }

  /** Rows with the true label. */
  public long right() {
    return right;
  }

  /** Rows with full depth's label. */
  public long agreeing() {
    return agreeing;
  }

  /** FLOPs as a share of full depth's. */
  public double compute() {
    return (double) flops / fullDepthFlops;
  }

  /** FLOPs as a share of those through all layers of the checkpoint. */
  public double computeOfCheckpoint() {
    return (double) flops / checkpointFlops;
  }

  /** Time of computing. */
  public double seconds() {
    return computeNanos / 1e9;
  }

  /** Time of computing at full depth. */
  public double fullDepthSeconds() {
    return fullDepthNanos / 1e9;
  }

  /** Rows that an exit answered. */
  public long rowsAt(int exit) {
    return rowsAt[exit];
  }

  /** Rows that an exit answered rightly. */
  public long rightAt(int exit) {
    return rightAt[exit];
  }

  /** {@code [labels][exits]}: rows of a label that an exit answered. */
  public long[][] exitsOfLabel() {
    return exitsOfLabel;
  }

  /** {@code [labels][labels]}: rows of a label with an answer. */
  public long[][] confusion() {
    return confusion;
  }

  /** Answers that are left where rows with a low score get none. */
  public Coverage coverage() {
    return coverage;
  }

  /** Probabilities of the answers, and how often these are right. */
  public List<ConfidenceBin> bins() {
    return bins.bins();
  }
}
