package org.sparkadept.training.evaluate;

/**
 * What every exit answers for every row of a data set.
 *
 * @param labels true class ids, {@code [rows]}
 * @param answers class ids the exits answer, {@code [rows][layers]}
 * @param confidences their softmax probabilities, {@code [rows][layers]}
 */
public record ExitOutcomes(int[] labels, int[][] answers, float[][] confidences) {

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
   * Lets every row leave at the first exit whose confidence reaches a threshold.
   *
   * @param threshold softmax probability in [0, 1]
   */
  public PolicyOutcome leaveAt(double threshold) {
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
    return new PolicyOutcome(threshold, right / rows, same / rows, layers / rows);
  }
}
