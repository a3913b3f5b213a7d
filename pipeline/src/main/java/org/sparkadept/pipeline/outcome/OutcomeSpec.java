package org.sparkadept.pipeline.outcome;

import org.sparkadept.pipeline.job.InputSpec;
import org.sparkadept.udfs.conf.AdeptConf;

/**
 * The labelled rows of a job, and how they are scored.
 *
 * @param input what is read
 * @param labelColumn name of the column with the true labels
 * @param unknownLabels what becomes of labels that the model does not have
 * @param partitions as in {@link org.sparkadept.pipeline.job.ClassifySpec#partitions()}
 * @param conf the configuration, arguments of the call included
 */
public record OutcomeSpec(
    InputSpec input,
    String labelColumn,
    UnknownLabels unknownLabels,
    int partitions,
    AdeptConf conf) {}
