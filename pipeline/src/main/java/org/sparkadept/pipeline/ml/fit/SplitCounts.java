package org.sparkadept.pipeline.ml.fit;

import java.util.Map;
import java.util.TreeMap;
import org.sparkadept.decoder.error.AdeptException;

/**
 * How many rows of each label each split has. A row that may have several labels counts under each
 * of them.
 *
 * @param train rows by label
 * @param validation rows by label
 * @param calibration rows by label
 * @param rows by split
 * @param multiLabel whether rows may have several labels
 */
public record SplitCounts(
    TreeMap<String, Long> train,
    TreeMap<String, Long> validation,
    TreeMap<String, Long> calibration,
    TreeMap<String, Long> rows,
    boolean multiLabel) {

  /** Rows that weights, heads and mapper are fitted on. */
  public static final String TRAIN = "train";

  /** Rows that choices are made and policies are fitted on. */
  public static final String VALIDATION = "validation";

  /** Rows that the threshold is chosen on, and nothing else. */
  public static final String CALIBRATION = "calibration";

  static SplitCounts empty(boolean multiLabel) {
    return new SplitCounts(
        new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), multiLabel);
  }

  TreeMap<String, Long> of(String split) {
    return switch (split) {
      case TRAIN -> train;
      case VALIDATION -> validation;
      default -> calibration;
    };
  }

  /** Rows of a split. */
  public long rows(String split) {
    return rows.getOrDefault(split, 0L);
  }

  /** All labels, in alphabetic order. */
  public TreeMap<String, Long> labels() {
    TreeMap<String, Long> all = new TreeMap<>(train);
    validation.forEach((label, rows) -> all.merge(label, rows, Long::sum));
    calibration.forEach((label, rows) -> all.merge(label, rows, Long::sum));
    return all;
  }

  /**
   * @throws AdeptException if heads cannot be fitted on these rows
   */
  public void checkTrain() {
    if (rows(TRAIN) < labels().size()) {
      throw new AdeptException(
          String.format(
              "The train split has %d rows, fewer than there are labels (%d); add rows.",
              rows(TRAIN), labels().size()));
    }
    for (String split : new String[] {VALIDATION, CALIBRATION}) {
      for (Map.Entry<String, Long> entry : of(split).entrySet()) {
        if (!train.containsKey(entry.getKey())) {
          throw new AdeptException(
              String.format(
                  "Label '%s' is in the %s split (rows: %d), but not in the train split; add"
                      + " rows, or filter the label out.",
                  entry.getKey(), split, entry.getValue()));
        }
      }
    }
  }

  /**
   * @throws AdeptException if there are not two labels, or no validation rows
   */
  public void checkLabels() {
    if (rows.isEmpty()) {
      throw new AdeptException("The input has no rows; there is nothing to fit on.");
    }
    if (labels().size() < 2) {
      throw new AdeptException(
          String.format(
              multiLabel
                  ? "There is one label only, '%s'; fitting rows that may have several takes two"
                      + " or more. Use a BOOLEAN column for one."
                  : "All rows have the label '%s'; fitting takes two or more.",
              labels().firstKey()));
    }
    if (rows(VALIDATION) == 0) {
      throw new AdeptException(
          "The validation split is empty; the exit policy is fitted on it. Give more rows.");
    }
  }
}
