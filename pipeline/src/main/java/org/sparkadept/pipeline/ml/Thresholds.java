package org.sparkadept.pipeline.ml;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.ml.linalg.Vector;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.table.LabelIndex;

/**
 * MLlib's rule of thresholds: the answer is the label with the largest p / t, the first of several.
 * A label of threshold 0 is the answer wherever its probability is not 0.
 *
 * @param values a threshold for each label, by index
 */
record Thresholds(double[] values) implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * @throws AdeptException if there is not one threshold for each label, one is negative or NaN, or
   *     two are 0
   */
  void check(LabelIndex labels) {
    if (values.length != labels.size()) {
      throw new AdeptException(
          "thresholds has "
              + values.length
              + " values, but the model has "
              + labels.size()
              + " labels: "
              + labels
              + ". Give one for each, in this order.");
    }
    int zeros = 0;
    for (double value : values) {
      zeros += value == 0 ? 1 : 0;
      if (!(value >= 0) || zeros > 1) {
        throw new AdeptException(
            "thresholds must be at least 0, and at most one of them 0, but are "
                + Arrays.toString(values)
                + ".");
      }
    }
  }

  /** Index of the answer. */
  int answer(Vector probabilities) {
    int answer = 0;
    double largest = Double.NEGATIVE_INFINITY;
    for (int label = 0; label < values.length; label++) {
      double scaled = probabilities.apply(label) / values[label];
      if (scaled > largest) {
        largest = scaled;
        answer = label;
      }
    }
    return answer;
  }
}
