package org.sparkadept.pipeline.report.data;

import java.util.List;

/**
 * Counts of the rows of an input with labels.
 *
 * @param rows that were read
 * @param nullLabels rows without a label (NULL or an empty array), which were left out
 * @param nullTexts rows with a label but without a text, which were left out
 * @param unknownLabels rows whose label the model does not have: they were scored, and count as
 *     wrong
 * @param errors rows that could not be scored
 * @param truncated rows that were scored on their beginning only
 * @param unknownLabelExamples some of the labels that the model does not have
 * @param errorExamples some of the errors
 */
public record InputCounts(
    long rows,
    long nullLabels,
    long nullTexts,
    long unknownLabels,
    long errors,
    long truncated,
    List<String> unknownLabelExamples,
    List<String> errorExamples) {

  /** Copies the lists. */
  public InputCounts {
    unknownLabelExamples = List.copyOf(unknownLabelExamples);
    errorExamples = List.copyOf(errorExamples);
  }
}
