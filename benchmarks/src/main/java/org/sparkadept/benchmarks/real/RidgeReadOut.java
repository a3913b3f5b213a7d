package org.sparkadept.benchmarks.real;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.sparkadept.pipeline.ml.fit.Linear;

/** Ridge regression of the labels on states; the ridge is chosen by cross-fitted accuracy. */
final class RidgeReadOut {
  private static final int FOLDS = 3;
  private static final double[] RIDGES = {1e-3, 1e-2, 1e-1, 3e-1, 1};
  private static final int ALL = -1;

  private final float[][] states;
  private final int inputs;
  private final int[] truths;
  private final RidgeSums[] sums = new RidgeSums[FOLDS];

  /**
   * @param states {@code [rows][at least inputs]}
   * @param inputs how many of each state are read
   * @param truths label of each row
   * @param labels number of labels
   */
  RidgeReadOut(float[][] states, int inputs, int[] truths, int labels) {
    this.states = states;
    this.inputs = inputs;
    this.truths = truths;
    IntStream.range(0, FOLDS)
        .parallel()
        .forEach(
            fold -> {
              sums[fold] = new RidgeSums(inputs, labels);
              for (int i = fold; i < states.length; i += FOLDS) {
                sums[fold].add(states[i], truths[i]);
              }
              sums[fold].done();
            });
  }

  /** The ridge with the most right answers, each row answered by the rows of the other folds. */
  double bestRidge() {
    return Arrays.stream(RIDGES)
        .boxed()
        .max((a, b) -> Long.compare(right(a), right(b)))
        .orElseThrow();
  }

  private long right(double ridge) {
    return IntStream.range(0, FOLDS)
        .parallel()
        .mapToLong(
            fold -> {
              Linear head = RidgeSums.solve(sums, fold, ridge, inputs);
              return IntStream.range(0, states.length)
                  .filter(i -> i % FOLDS == fold && answers(head, states[i], truths[i]))
                  .count();
            })
        .sum();
  }

  /**
   * Share of other rows that are answered rightly by a read-out of all rows.
   *
   * @param othersTruths label of each; -1 where it is none of the labels
   */
  double accuracy(double ridge, float[][] others, int[] othersTruths) {
    Linear head = RidgeSums.solve(sums, ALL, ridge, inputs);
    long right =
        IntStream.range(0, others.length)
            .parallel()
            .filter(i -> answers(head, others[i], othersTruths[i]))
            .count();
    return (double) right / others.length;
  }

  /** Whether a head gives the true label; not where there were too few rows for a head. */
  private static boolean answers(Linear head, float[] state, int truth) {
    if (head == null) {
      return false;
    }
    float[] scores = head.scores(state);
    int top = 0;
    for (int label = 1; label < scores.length; label++) {
      top = scores[label] > scores[top] ? label : top;
    }
    return top == truth;
  }
}
