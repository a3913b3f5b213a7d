package org.sparkadept.decoder.result;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * The answers to one call of a classifier, by column; row {@code i} answers text {@code i}. A NULL
 * text has neither an answer nor an error; a text that cannot be scored has an error. An answer is
 * a set of labels: one label or, of a model whose rows may have several, any number of them.
 */
public final class Classifications implements Serializable {
  private static final long serialVersionUID = 2L;

  @SuppressWarnings("serial") // A list of the JDK, which is Serializable.
  private final List<String> names;

  /** The most probable label; −1 without one. */
  private final int[] label;

  private final float[] score;

  /** All labels, and their probabilities; null where each row has one label. */
  private final LabelSet[] sets;

  private final float[][] setScores;
  private final int[] exitLayer;
  private final int[] tokens;
  private final boolean[] truncated;
  private final String[] error;
  private final float[][] probabilities;
  private final int[] chunks;
  private final long[] flops;
  private final long[] fullDepthFlops;
  private final float minScore;
  private DecoderStatistics statistics = DecoderStatistics.ZERO;

  /**
   * @param names the model's label names
   * @param multiLabel whether a row may have several labels
   * @param size number of rows; all of them not scored yet
   * @param minScore rows with a score below it abstain
   */
  public Classifications(List<String> names, boolean multiLabel, int size, float minScore) {
    this.names = names;
    this.minScore = minScore;
    label = new int[size];
    Arrays.fill(label, -1);
    score = new float[size];
    sets = multiLabel ? new LabelSet[size] : null;
    setScores = multiLabel ? new float[size][] : null;
    exitLayer = new int[size];
    tokens = new int[size];
    truncated = new boolean[size];
    error = new String[size];
    probabilities = new float[size][];
    chunks = new int[size];
    flops = new long[size];
    fullDepthFlops = new long[size];
  }

  /** Number of rows. */
  public int size() {
    return label.length;
  }

  /** Whether the row has an answer. */
  public boolean scored(int row) {
    return exitLayer[row] > 0;
  }

  /** The row's labels; null where the row has no answer. */
  public LabelSet labels(int row) {
    if (!scored(row)) {
      return null;
    }
    return sets == null ? LabelSet.of(label[row]) : sets[row];
  }

  /** Probabilities of {@link #labels}, in their order; null where the row has no answer. */
  public float[] scores(int row) {
    if (!scored(row)) {
      return null;
    }
    return setScores == null ? new float[] {score[row]} : setScores[row];
  }

  /**
   * Index of the row's label, the most probable where it has several; −1 where it has no label or
   * no answer.
   */
  public int labelIndex(int row) {
    return label[row];
  }

  /** The row's label, as {@link #labelIndex}, or null. */
  public String label(int row) {
    return label[row] < 0 ? null : names.get(label[row]);
  }

  /** Probability of the row's label, in (0, 1]; 0 where it has none. */
  public float score(int row) {
    return score[row];
  }

  /**
   * Whether the row was scored, and its score is too low for an answer: its label is the most
   * probable one, and not to be given out.
   */
  public boolean abstains(int row) {
    return scored(row) && sets == null && score[row] < minScore;
  }

  /** The labels' probabilities, by index; null where they were not requested. */
  public float[] probabilities(int row) {
    return probabilities[row];
  }

  /**
   * Layer after which the row was answered, counted from 1, the deepest of its chunks'; 0 where it
   * has no answer.
   */
  public int exitLayer(int row) {
    return exitLayer[row];
  }

  /** Tokens of the row as it was scored, special tokens included; the sum of its chunks'. */
  public int tokens(int row) {
    return tokens[row];
  }

  /** Whether the row's text was cut to the bound on tokens. */
  public boolean truncated(int row) {
    return truncated[row];
  }

  /** Chunks that the row was scored in; 0 where it was not, 1 where it is whole or cut. */
  public int chunks(int row) {
    return chunks[row];
  }

  /** Why the row could not be scored, or null. */
  public String error(int row) {
    return error[row];
  }

  /** Floating-point operations that the row took; 0 where it has not been computed. */
  public long flops(int row) {
    return flops[row];
  }

  /** What the row would have taken under the policy {@code none}. */
  public long fullDepthFlops(int row) {
    return fullDepthFlops[row];
  }

  /** What the call cost. */
  public DecoderStatistics statistics() {
    return statistics;
  }

  /** Notes what is known of a row once it is tokenized. */
  public void tokenized(int row, int tokenCount, boolean cut) {
    tokens[row] = tokenCount;
    truncated[row] = cut;
  }

  /** Notes a row's answer. */
  public void answer(int row, ExitReadout readout) {
    answer(row, readout.label(), readout.score(), readout.layer());
    if (sets != null) {
      sets[row] = readout.labels();
      setScores[row] = readout.scores();
    }
  }

  /** Notes a row's answer of one label. */
  public void answer(int row, int labelIndex, float probability, int layer) {
    label[row] = labelIndex;
    score[row] = probability;
    exitLayer[row] = layer;
    chunks[row] = 1;
  }

  /** Notes the exit layer of one of a row's chunks, of which the deepest is the row's. */
  public void deepen(int row, int layer) {
    exitLayer[row] = Math.max(exitLayer[row], layer);
  }

  /** Notes that a row was answered in several chunks. */
  public void chunks(int row, int count) {
    chunks[row] = count;
  }

  /** Notes the labels' probabilities at the exit where a row was answered. */
  public void probabilities(int row, float[] shares) {
    probabilities[row] = shares;
  }

  /** Notes what a row cost, and would have cost at full depth, in floating-point operations. */
  public void cost(int row, long spent, long atFullDepth) {
    flops[row] = spent;
    fullDepthFlops[row] = atFullDepth;
  }

  /** Notes why a row cannot be scored. */
  public void fail(int row, String message) {
    error[row] = message;
  }

  /** Adds to what the call cost. */
  public void addStatistics(DecoderStatistics cost) {
    statistics = statistics.plus(cost);
  }
}
