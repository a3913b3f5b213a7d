package org.sparkadept.pipeline.outcome;

import org.sparkadept.pipeline.job.InputSpec;
import org.sparkadept.udfs.conf.AdeptConf;

/**
 * The labelled rows of a job, and how they are scored.
 *
 * @param input the table
 * @param labelColumn name of the column with the true labels
 * @param unknownLabels how labels that the model does not have are treated
 * @param partitions as in {@link org.sparkadept.pipeline.job.ClassifySpec#partitions()}
 * @param conf the configuration, arguments of the call included
 */
public record OutcomeSpec(
    InputSpec input,
    String labelColumn,
    UnknownLabels unknownLabels,
    int partitions,
    AdeptConf conf) {

  /** How labels that the model does not have are treated. */
  public enum UnknownLabels {
    /** They fail the run before any row is scored; the message lists them. */
    ERROR,

    /** Their rows are scored, and count as wrong. */
    COUNT
  }
}
