package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import scala.Tuple2;

/**
 * Exit heads: ridge regression of the labels on what each reads, {@link RidgeSums}, its scores
 * multiplied by a factor so that softmax makes probabilities of them (temperature scaling; Guo et
 * al., On Calibration of Modern Neural Networks, 2017). All rows are fitted on. What is chosen –
 * the ridge, what a head reads, the factor – is chosen by cross-fitting: each row is answered by a
 * head that was fitted on the other folds.
 */
final class HeadFit {
  /** Number of folds. */
  static final int FOLDS = 3;

  /** ρ to choose from. */
  static final double[] RIDGES = {1e-3, 1e-2, 1e-1, 3e-1, 1};

  private static final int ALL = -1;
  private static final Logger LOG = LoggerFactory.getLogger(AdeptFit.class);

  private final Dataset<Row> states;
  private final int labels;
  private final int width;
  private final List<ExitHead.Input> inputs;

  /**
   * @param states of {@link StatePass}, which read the widest of the inputs
   * @param labels number of labels
   * @param width of a hidden state
   * @param inputs what heads may read, the one that is preferred among equals first
   */
  HeadFit(Dataset<Row> states, int labels, int width, List<ExitHead.Input> inputs) {
    this.states = states;
    this.labels = labels;
    this.width = width;
    this.inputs = inputs;
  }

  /**
   * The head of an exit.
   *
   * @param head fitted on all rows
   * @param folded fitted without the rows of each fold
   * @param figures of the latter
   */
  record Fitted(ModelDraft.Head head, FoldedHead folded, HeadJudge.Figures figures) {}

  /**
   * Fits the heads of some exits.
   *
   * @param layers exit layers, from 1, ascending
   * @param regParam ρ; NaN to choose it, by the exit in the middle
   * @param progress receives each exit layer before its head is fitted
   * @return by exit layer
   * @throws AdeptException if a head cannot be solved
   */
  SortedMap<Integer, Fitted> fit(int[] layers, double regParam, IntConsumer progress) {
    SortedMap<Integer, Fitted> fitted = new TreeMap<>();
    double[] ridges = new double[inputs.size()];
    int middle = layers[layers.length / 2];
    progress.accept(middle);
    double[] tried = Double.isNaN(regParam) ? RIDGES : new double[] {regParam};
    fitted.put(middle, fit(middle, tried, ridges));
    for (int layer : layers) {
      if (layer != middle) {
        progress.accept(layer);
        fitted.put(layer, fit(layer, null, ridges));
      }
    }
    return fitted;
  }

  /**
   * @param tried ridges to choose from; null to take those of {@code chosen}
   * @param chosen the best ridge by input; set where there is a choice
   */
  private Fitted fit(int layer, double[] tried, double[] chosen) {
    RidgeSums[] sums = sums(layer);
    List<FoldedHead> heads = new ArrayList<>();
    List<Double> ridgeOf = new ArrayList<>();
    for (int input = 0; input < inputs.size(); input++) {
      for (double ridge : tried == null ? new double[] {chosen[input]} : tried) {
        heads.add(folded(sums, inputs.get(input), ridge));
        ridgeOf.add(ridge);
      }
    }
    HeadJudge.Figures[] figures = HeadJudge.judge(states, layer, heads);
    int best = -1;
    int perInput = heads.size() / inputs.size();
    for (int input = 0; input < inputs.size(); input++) {
      int least = input * perInput;
      for (int i = least; i < (input + 1) * perInput; i++) {
        least = figures[i].loss() < figures[least].loss() ? i : least;
      }
      chosen[input] = ridgeOf.get(least);
      best = best < 0 || figures[least].accuracy() > figures[best].accuracy() ? least : best;
    }
    double factor = figures[best].factor();
    FoldedHead folded = heads.get(best);
    LOG.info(
        "Exit head after layer {}: reads {}, ridge {}, scores times {}, loss {}",
        layer,
        folded.input(),
        ridgeOf.get(best),
        factor,
        figures[best].loss());
    Linear all = RidgeSums.solve(sums, ALL, ridgeOf.get(best), folded.input().size(width));
    if (all == null) {
      throw new AdeptException(
          String.format(
              "The exit head after layer %d cannot be solved with the regularization %s; give a"
                  + " larger one (--reg-param).",
              layer, ridgeOf.get(best)));
    }
    return new Fitted(
        new ModelDraft.Head(folded.input(), all.times(factor)),
        folded.times(factor),
        figures[best]);
  }

  private FoldedHead folded(RidgeSums[] sums, ExitHead.Input input, double ridge) {
    Linear[] byFold =
        IntStream.range(0, FOLDS)
            .parallel()
            .mapToObj(fold -> withoutFold(sums, fold, ridge, input))
            .toArray(Linear[]::new);
    return new FoldedHead(input, byFold);
  }

  /**
   * Where the other folds have too few rows for a head, one that knows nothing: it is judged so.
   */
  private Linear withoutFold(RidgeSums[] sums, int fold, double ridge, ExitHead.Input input) {
    int size = input.size(width);
    Linear solved = RidgeSums.solve(sums, fold, ridge, size);
    return solved == null ? new Linear(new float[labels * size], new float[labels]) : solved;
  }

  /** The sums of each fold: made on the cluster, one fold after the other, in one copy a task. */
  private RidgeSums[] sums(int layer) {
    int size = inputs.stream().mapToInt(input -> input.size(width)).max().orElseThrow();
    int count = labels;
    PairFlatMapFunction<Iterator<Row>, Integer, RidgeSums> summing =
        rows -> {
          RidgeSums sums = new RidgeSums(size, count);
          while (rows.hasNext()) {
            Row row = rows.next();
            sums.add(Floats.floats((byte[]) row.get(1)), (int) row.getDouble(0));
          }
          return List.of(new Tuple2<>(0, sums.done())).iterator();
        };
    RidgeSums[] sums = new RidgeSums[FOLDS];
    for (int fold = 0; fold < FOLDS; fold++) {
      sums[fold] =
          states
              .filter(col(StatePass.FOLD).equalTo(fold))
              .select(SplitRows.LABEL, StatePass.state(layer))
              .toJavaRDD()
              .mapPartitionsToPair(summing)
              .reduceByKey(RidgeSums::plus, 1)
              .values()
              .collect()
              .stream()
              .findFirst()
              .orElseGet(() -> new RidgeSums(size, count));
    }
    return sums;
  }

  /** How many systems are solved at once, at most. */
  static int atOnce() {
    return Math.min(FOLDS, Runtime.getRuntime().availableProcessors());
  }
}
