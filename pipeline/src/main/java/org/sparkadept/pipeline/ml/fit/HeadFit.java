package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.exit.ExitHead;

/**
 * Exit heads by {@link LogisticFit}, one without the rows of each fold; an exit's head is their
 * mean, so that it knows all rows. Scores are multiplied by a factor so that softmax, or the
 * sigmoid of each where rows may have several labels, makes probabilities of them (temperature
 * scaling; Guo et al., On Calibration of Modern Neural Networks, 2017). What is chosen – λ, what a
 * head reads, the factor – is chosen by cross-fitting: each row is answered by the head that never
 * saw it.
 *
 * <p>The exits make an ensemble ({@link org.sparkadept.decoder.exit.LogitMean}). Each head is
 * fitted by itself; the factor brings all of them to one scale.
 */
final class HeadFit {
  /** Number of folds. */
  static final int FOLDS = 3;

  /** λ to choose from. */
  static final double[] LAMBDAS = {3e-3, 1e-2, 3e-2, 1e-1};

  private static final Logger LOG = LoggerFactory.getLogger(AdeptFit.class);

  private final Dataset<Row> sample;
  private final int labels;
  private final boolean multiLabel;
  private final int width;
  private final List<ExitHead.Input> inputs;

  /**
   * @param states of {@link StatePass}, which read the widest of the inputs
   * @param labels number of labels
   * @param width of a hidden state
   * @param inputs what heads may read, the one that is preferred among equals first; each has those
   *     in front of it in its first values
   */
  HeadFit(Dataset<Row> states, int labels, int width, List<ExitHead.Input> inputs) {
    this.labels = labels;
    multiLabel = !states.schema().apply(SplitRows.LABEL).dataType().equals(DataTypes.DoubleType);
    this.width = width;
    this.inputs = inputs;
    sample = HeadRows.sample(states, HeadRows.most(widest(), labels));
  }

  /**
   * The head of an exit.
   *
   * @param head the mean of those of the folds
   * @param folded fitted without the rows of each fold
   */
  record Fitted(ModelDraft.Head head, CrossFittedHead folded) {}

  /**
   * Fits the heads of some exits.
   *
   * @param layers exit layers, from 1, ascending
   * @param regParam λ; NaN to choose it, by the exit in the middle
   * @param progress receives each exit layer before its head is fitted
   * @return by exit layer
   */
  SortedMap<Integer, Fitted> fit(int[] layers, double regParam, IntConsumer progress) {
    SortedMap<Integer, Fitted> fitted = new TreeMap<>();
    double[] chosen = new double[inputs.size()];
    int middle = layers[layers.length / 2];
    progress.accept(middle);
    double[] tried = Double.isNaN(regParam) ? LAMBDAS : new double[] {regParam};
    fitted.put(middle, fit(middle, tried, chosen));
    for (int layer : layers) {
      if (layer != middle) {
        progress.accept(layer);
        fitted.put(layer, fit(layer, null, chosen));
      }
    }
    return fitted;
  }

  /**
   * What a fit of heads holds on the heap, at most: the rows twice while they are collected, sums
   * and factors of a covariance for each fold, the vectors of the minimizations, and heads.
   *
   * @param size length of what heads read
   * @param kinds how many kinds of inputs are tried
   * @param labels number of labels
   * @param multiLabel whether rows may have several
   * @param exits number of exit layers
   */
  static long heapBytes(int size, int kinds, int labels, boolean multiLabel, int exits) {
    long matrices = (long) size * size * (3L * Double.BYTES + 2L * Float.BYTES) * FOLDS;
    long head = (long) size * labels;
    long pairs = multiLabel ? (labels + 1L) * (labels + 1L) : 0;
    long sums = Double.BYTES * (head + pairs) * 3 * FOLDS;
    long vectors = Double.BYTES * head * Lbfgs.vectors() * FOLDS;
    long tried = Float.BYTES * head * FOLDS * LAMBDAS.length * kinds;
    long fitted = Float.BYTES * head * (FOLDS + 1) * exits;
    long rows = 2L * Float.BYTES * size * HeadRows.most(size, labels);
    return rows + matrices + sums + vectors + tried + fitted;
  }

  private record Candidate(ExitHead.Input input, double lambda) {}

  /**
   * @param tried λ to choose from; null to take those of {@code chosen}
   * @param chosen the best λ by input; set where there is a choice
   */
  private Fitted fit(int layer, double[] tried, double[] chosen) {
    List<Candidate> candidates = new ArrayList<>();
    for (int input = 0; input < inputs.size(); input++) {
      for (double lambda : tried == null ? new double[] {chosen[input]} : tried) {
        candidates.add(new Candidate(inputs.get(input), lambda));
      }
    }
    HeadRows rows = HeadRows.of(sample, layer, widest());
    ClassSums[] sums = new ClassSums[FOLDS];
    eachFold(fold -> sums[fold] = ClassSums.of(rows, fold, labels, multiLabel));
    Linear[][] heads = new Linear[candidates.size()][FOLDS];
    HeadJudge.Figures[][] byFold = new HeadJudge.Figures[candidates.size()][FOLDS];
    eachFold(
        fold -> {
          float[] whitening = ClassSums.whitening(sums, fold);
          for (int i = 0; i < heads.length; i++) {
            heads[i][fold] = solve(rows, fold, whitening, candidates.get(i));
            byFold[i][fold] = HeadJudge.judge(rows, fold, heads[i][fold], multiLabel);
          }
        });
    HeadJudge.Figures[] figures = new HeadJudge.Figures[heads.length];
    for (int i = 0; i < figures.length; i++) {
      figures[i] = HeadJudge.Figures.sum(byFold[i]);
    }
    int best = best(figures, candidates, chosen);
    double factor = figures[best].factor();
    Candidate candidate = candidates.get(best);
    LOG.info(
        "Exit head after layer {}: reads {}, λ {}, scores times {}, loss {}",
        layer,
        candidate.input(),
        candidate.lambda(),
        factor,
        figures[best].loss());
    Linear[] folded = new Linear[FOLDS];
    eachFold(fold -> folded[fold] = rows.uncentred(heads[best][fold]).times(factor));
    return new Fitted(
        new ModelDraft.Head(candidate.input(), Linear.mean(folded)),
        new CrossFittedHead(candidate.input(), folded));
  }

  /**
   * The candidate with the most right answers among those of the least loss for each input; the one
   * of the least loss where rows may have several labels.
   */
  private int best(HeadJudge.Figures[] figures, List<Candidate> candidates, double[] chosen) {
    int best = -1;
    int perInput = candidates.size() / inputs.size();
    for (int input = 0; input < inputs.size(); input++) {
      int least = input * perInput;
      for (int i = least; i < (input + 1) * perInput; i++) {
        least = figures[i].loss() < figures[least].loss() ? i : least;
      }
      chosen[input] = candidates.get(least).lambda();
      best = best < 0 || isBetter(figures[least], figures[best]) ? least : best;
    }
    return best;
  }

  private boolean isBetter(HeadJudge.Figures some, HeadJudge.Figures others) {
    return multiLabel ? some.loss() < others.loss() : some.accuracy() > others.accuracy();
  }

  private Linear solve(HeadRows rows, int without, float[] whitening, Candidate candidate) {
    int size = candidate.input().size(width);
    return LogisticFit.fit(rows, without, whitening, labels, multiLabel, size, candidate.lambda());
  }

  private int widest() {
    return inputs.stream().mapToInt(input -> input.size(width)).max().orElseThrow();
  }

  private static void eachFold(IntConsumer work) {
    IntStream.range(0, FOLDS).parallel().forEach(work);
  }
}
