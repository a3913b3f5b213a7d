package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import java.util.List;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.DecoderStatistics;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.pipeline.report.data.ConfidenceBin;

/**
 * Sums over the model's answers and their cost, with its exit policy and at full depth. The size is
 * given by the numbers of labels and exits. Index {@code e} is the e-th exit, index {@code y} a
 * label. Where each row has one label there is a confusion matrix; where it may have several, there
 * are counts of each label in its place.
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
  private final LabelCounts labelCounts;
  private final LabelCounts fullDepthLabelCounts;
  private long right;
  private long agreeing;
  private long flops;
  private long fullDepthFlops;
  private long checkpointFlops;
  private long computeNanos;
  private long fullDepthNanos;

  AnswerSums(int labels, boolean multiLabel, int[] exitLayers, float minScore) {
    coverage = new Coverage(minScore);
    this.exitLayers = exitLayers;
    rowsAt = new long[exitLayers.length];
    rightAt = new long[exitLayers.length];
    exitsOfLabel = new long[labels][exitLayers.length];
    confusion = multiLabel ? new long[0][] : new long[labels][labels];
    labelCounts = new LabelCounts(multiLabel ? labels : 0);
    fullDepthLabelCounts = new LabelCounts(multiLabel ? labels : 0);
  }

  /**
   * Adds a scored row.
   *
   * @param fullDepth full depth's labels
   * @param truth the true labels; with -1 for one that the model does not have
   */
  void add(Classifications answers, int row, LabelSet fullDepth, LabelSet truth) {
    LabelSet answer = answers.labels(row);
    boolean isRight = answer.equals(truth);
    right += isRight ? 1 : 0;
    agreeing += answer.equals(fullDepth) ? 1 : 0;
    bins.add(answer, answers.scores(row), truth);
    coverage.add(answers.score(row), isRight);
    for (int exit = 0; exit < exitLayers.length; exit++) {
      if (exitLayers[exit] == answers.exitLayer(row)) {
        rowsAt[exit]++;
        rightAt[exit] += isRight ? 1 : 0;
        for (int i = 0; i < truth.size(); i++) {
          if (truth.get(i) >= 0) {
            exitsOfLabel[truth.get(i)][exit]++;
          }
        }
      }
    }
    if (confusion.length == 0) {
      labelCounts.add(answer, truth);
      fullDepthLabelCounts.add(fullDepth, truth);
    } else if (!truth.contains(-1)) {
      confusion[truth.get(0)][answer.get(0)]++;
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
    for (int label = 0; label < exitsOfLabel.length; label++) {
      add(exitsOfLabel[label], other.exitsOfLabel[label]);
    }
    for (int label = 0; label < confusion.length; label++) {
      add(confusion[label], other.confusion[label]);
    }
    labelCounts.add(other.labelCounts);
    fullDepthLabelCounts.add(other.fullDepthLabelCounts);
    right += other.right;
    agreeing += other.agreeing;
    flops += other.flops;
    fullDepthFlops += other.fullDepthFlops;
    checkpointFlops += other.checkpointFlops;
    computeNanos += other.computeNanos;
    fullDepthNanos += other.fullDepthNanos;
  }

  static void add(long[] sums, long[] more) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += more[i];
    }
  }

  /** Rows that are answered rightly. */
  public long right() {
    return right;
  }

  /** Rows with full depth's answer. */
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

  /** Counts of each label; of none where each row has one. */
  public LabelCounts labelCounts() {
    return labelCounts;
  }

  /** The same of full depth's answers. */
  public LabelCounts fullDepthLabelCounts() {
    return fullDepthLabelCounts;
  }

  /**
   * {@code [labels][labels]}: rows of a label with an answer; empty where rows may have several.
   */
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
