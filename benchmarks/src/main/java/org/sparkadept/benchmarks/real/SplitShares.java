package org.sparkadept.benchmarks.real;

import java.util.Locale;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.calibrate.Binomial;
import org.sparkadept.pipeline.calibrate.RiskControl;
import org.sparkadept.pipeline.calibrate.RiskTarget;

/**
 * How {@code adept fit} and {@code adept tune} split the train rows, so that the guarantee can be
 * had: an exit threshold passes only with few enough disagreements for the number of calibration
 * rows.
 *
 * @param train share that heads and mapper are fitted on
 * @param validation share that policies are fitted on
 * @param calibrationRows rows for calibration, about
 * @param disagreements the most that pass on them
 */
record SplitShares(double train, double validation, long calibrationRows, long disagreements) {
  private static final double DEFAULT_SHARE = 0.2;
  private static final double LARGEST_SHARE = 0.5;
  private static final int WANTED_DISAGREEMENTS = 2;

  /** Splits by hash do not give exactly the share. */
  private static final double MARGIN = 1.1;

  /** Train rows for each validation row, as by default. */
  private static final double TRAIN_TO_VALIDATION = 3;

  /**
   * Chooses shares.
   *
   * @param rows number of train rows
   * @param share of the rows for calibration; NaN to choose it
   * @param target the guarantee
   * @throws AdeptException if not even a calibration without a disagreement can pass
   */
  static SplitShares of(String dataSet, long rows, double share, RiskTarget target) {
    double risk = target.epsilon();
    RiskTarget each = RiskControl.perSequence(target, true);
    double delta = each.delta();
    double calibration = share;
    if (Double.isNaN(calibration)) {
      double wanted = MARGIN * rowsFor(WANTED_DISAGREEMENTS, risk, delta) / rows;
      calibration = Math.min(LARGEST_SHARE, Math.max(DEFAULT_SHARE, wanted));
    }
    long calibrationRows = Math.round(calibration * rows);
    long disagreements = each.mostViolations(calibrationRows);
    if (!(calibration > 0 && calibration < 1) || disagreements < 0) {
      throw new AdeptException(
          String.format(
              Locale.ROOT,
              "%s has %d train rows, %d of them for calibration, but a disagreement of at most %s"
                  + " needs at least %d; use more rows (--train-rows), a larger share"
                  + " (--calibration) or a weaker guarantee (--max-disagreement).",
              dataSet,
              rows,
              calibrationRows,
              risk,
              Binomial.rowsNeeded(risk, delta)));
    }
    double rest = 1 - calibration;
    double train = rest * TRAIN_TO_VALIDATION / (TRAIN_TO_VALIDATION + 1);
    return new SplitShares(round(train), round(rest - train), calibrationRows, disagreements);
  }

  private static double round(double share) {
    return Math.round(share * 1e4) / 1e4;
  }

  /** The least number of rows with which so many disagreements pass. */
  static long rowsFor(long disagreements, double risk, double delta) {
    long rows = Binomial.rowsNeeded(risk, delta);
    while (Binomial.lowerTail(rows, risk, disagreements) > delta) {
      rows++;
    }
    return rows;
  }
}
