package org.sparkadept.training.evaluate;

/**
 * What every exit answers for every row of a data set.
 *
 * @param labels true class ids, {@code [rows]}
 * @param answers class ids the exits answer, {@code [rows][exits]}
 * @param confidences their softmax probabilities, {@code [rows][exits]}
 */
public record ExitOutcomes(int[] labels, int[][] answers, float[][] confidences) {
  /** Accuracy that exiting early may cost on the validation rows. */
  public static final double TOLERATED_LOSS = 0.001;

  private static final int GRID = 200;
  private static final int LOWEST = GRID / 4;

  /**
   * Accuracy and cost of the policy {@code confidence}.
   *
   * @param threshold softmax probability at which a row exits
   * @param accuracy share of right answers
   * @param agreement share of answers that are those of full depth
   * @param meanExitLayer mean number of layers of a row
   */
  public record AtThreshold(
      double threshold, double accuracy, double agreement, double meanExitLayer) {}

  /** Number of rows. */
  public int rows() {
    return labels.length;
  }

  /** Number of exits. */
  public int exits() {
    return answers[0].length;
  }

  /** Share of right answers at an exit, counted from 0. */
  public double accuracy(int exit) {
    int right = 0;
    for (int row = 0; row < rows(); row++) {
      right += answers[row][exit] == labels[row] ? 1 : 0;
    }
    return (double) right / rows();
  }

  /** Share of rows for which an exit, counted from 0, answers as the last one does. */
  public double agreement(int exit) {
    int same = 0;
    for (int row = 0; row < rows(); row++) {
      same += answers[row][exit] == answers[row][exits() - 1] ? 1 : 0;
    }
    return (double) same / rows();
  }

  /**
   * Every row exits at the first exit whose confidence reaches a threshold.
   *
   * @param threshold softmax probability in [0, 1]
   */
  public AtThreshold exitAt(double threshold) {
    int right = 0;
    int same = 0;
    long layers = 0;
    for (int row = 0; row < rows(); row++) {
      int exit = 0;
      while (exit < exits() - 1 && confidences[row][exit] < threshold) {
        exit++;
      }
      right += answers[row][exit] == labels[row] ? 1 : 0;
      same += answers[row][exit] == answers[row][exits() - 1] ? 1 : 0;
      layers += exit + 1;
    }
    double rows = rows();
    return new AtThreshold(threshold, right / rows, same / rows, layers / rows);
  }

  /**
   * The smallest threshold on the grid 0.25, 0.255, … 1 from which on no threshold loses more than
   * {@link #TOLERATED_LOSS} of accuracy against full depth. At 1 practically no row exits early.
   */
  public AtThreshold chooseThreshold() {
    double least = accuracy(exits() - 1) - TOLERATED_LOSS;
    AtThreshold chosen = exitAt(1);
    for (int step = GRID - 1; step >= LOWEST; step--) {
      AtThreshold outcome = exitAt((double) step / GRID);
      if (outcome.accuracy() < least) {
        break;
      }
      chosen = outcome;
    }
    return chosen;
  }
}
