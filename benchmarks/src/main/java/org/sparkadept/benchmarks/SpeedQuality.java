package org.sparkadept.benchmarks;

import org.sparkadept.decoder.result.Classifications;

/**
 * How good a variant's answers are and what they cost.
 *
 * @param rows that were scored
 * @param accuracy share of the labelled rows with the true label; NaN if none has a label
 * @param agreement share of the rows with full depth's label
 * @param meanExitLayer mean over the rows of the layer that answered
 * @param flops floating-point operations that the rows took, each as if it were alone
 * @param sharedFlops how many of them did not run, because rows shared what was computed once
 */
record SpeedQuality(
    long rows,
    double accuracy,
    double agreement,
    double meanExitLayer,
    long flops,
    long sharedFlops) {

  static SpeedQuality of(Classifications answers, Classifications fullDepth, String[] labels) {
    long scored = 0;
    long labelled = 0;
    long right = 0;
    long agreeing = 0;
    long layers = 0;
    for (int row = 0; row < answers.size(); row++) {
      if (!answers.scored(row)) {
        continue;
      }
      scored++;
      layers += answers.exitLayer(row);
      agreeing += answers.labelIndex(row) == fullDepth.labelIndex(row) ? 1 : 0;
      labelled += labels[row] == null ? 0 : 1;
      right += answers.label(row).equals(labels[row]) ? 1 : 0;
    }
    return new SpeedQuality(
        scored,
        (double) right / labelled,
        (double) agreeing / scored,
        (double) layers / scored,
        answers.statistics().flops(),
        answers.statistics().sharedFlops());
  }
}
