package org.sparkadept.benchmarks.pytorch;

import java.util.Locale;
import org.sparkadept.decoder.error.AdeptException;

/**
 * How far logits are from PyTorch's in single precision. They are compared less their mean, which
 * no probability depends on.
 *
 * @param difference the largest of all rows and labels, as a share of the row's largest logit
 * @param row where it is
 * @param sameLabel share of the rows with the same label
 */
record Agreement(double difference, int row, double sameLabel) {

  /**
   * @param logits {@code [rows][labels]}
   * @param reference those of PyTorch
   */
  static Agreement of(double[][] logits, double[][] reference) {
    double largest = 0;
    int where = 0;
    int same = 0;
    for (int row = 0; row < logits.length; row++) {
      double difference = difference(centred(logits[row]), centred(reference[row]));
      // A difference that is no number is the largest there can be.
      if (!(difference <= largest)) {
        largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
        where = row;
      }
      same += top(logits[row]) == top(reference[row]) ? 1 : 0;
    }
    return new Agreement(largest, where, (double) same / logits.length);
  }

  /** Logits that give these probabilities. */
  static double[] logits(float[] probabilities) {
    double[] logits = new double[probabilities.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = Math.log(probabilities[i]);
    }
    return logits;
  }

  /**
   * @param who gave the logits
   * @param tolerance the largest difference that is right
   * @throws AdeptException if they differ by more
   */
  void require(String who, double tolerance) {
    if (!(difference <= tolerance)) {
      throw new AdeptException(
          String.format(
              Locale.ROOT,
              "%s does not compute what PyTorch computes in single precision: the logits of row %d"
                  + " differ by %.2e of its largest, more than %.0e. Nothing was measured.",
              who,
              row,
              difference,
              tolerance));
    }
  }

  private static double[] centred(double[] logits) {
    double sum = 0;
    for (double logit : logits) {
      sum += logit;
    }
    double[] centred = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      centred[i] = logits[i] - sum / logits.length;
    }
    return centred;
  }

  private static double difference(double[] logits, double[] reference) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < logits.length; i++) {
      largest = Math.max(largest, Math.abs(reference[i]));
      difference = Math.max(difference, Math.abs(logits[i] - reference[i]));
    }
    return difference / largest;
  }

  private static int top(double[] logits) {
    int top = 0;
    for (int i = 1; i < logits.length; i++) {
      top = logits[i] > logits[top] ? i : top;
    }
    return top;
  }
}
