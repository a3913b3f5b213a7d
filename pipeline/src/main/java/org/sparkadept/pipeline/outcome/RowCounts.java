package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.sparkadept.pipeline.report.data.InputCounts;

/** Counts of the rows of the input: scored, skipped, failed; with a few examples. */
public final class RowCounts implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int MAX_EXAMPLES = 3;
  private static final int MAX_LABELS = 10;

  private final ArrayList<String> errorExamples = new ArrayList<>();
  private final TreeMap<String, Long> unknownLabels = new TreeMap<>();
  private long scored;
  private long nullLabels;
  private long nullTexts;
  private long unknown;
  private long errors;
  private long truncated;

  void scored(boolean cut) {
    scored++;
    truncated += cut ? 1 : 0;
  }

  void noLabel() {
    nullLabels++;
  }

  void nullText() {
    nullTexts++;
  }

  /** A scored row with labels that the model does not have; the first few such labels are kept. */
  void unknownLabels(List<String> labels) {
    unknown++;
    labels.forEach(label -> keepUnknown(label, 1));
  }

  private void keepUnknown(String label, long rows) {
    if (unknownLabels.size() < MAX_LABELS || unknownLabels.containsKey(label)) {
      unknownLabels.merge(label, rows, Long::sum);
    }
  }

  void error(String example) {
    errors++;
    if (errorExamples.size() < MAX_EXAMPLES) {
      errorExamples.add(example);
    }
  }

  void add(RowCounts other) {
    scored += other.scored;
    nullLabels += other.nullLabels;
    nullTexts += other.nullTexts;
    unknown += other.unknown;
    errors += other.errors;
    truncated += other.truncated;
    for (String example : other.errorExamples) {
      if (errorExamples.size() < MAX_EXAMPLES) {
        errorExamples.add(example);
      }
    }
    other.unknownLabels.forEach(this::keepUnknown);
  }

  /** Rows that were scored. */
  public long scored() {
    return scored;
  }

  /** The counts, for the report. */
  public InputCounts counts() {
    return new InputCounts(
        scored + nullLabels + nullTexts + errors,
        nullLabels,
        nullTexts,
        unknown,
        errors,
        truncated,
        new ArrayList<>(unknownLabels.keySet()),
        errorExamples);
  }
}
