package org.sparkadept.pipeline.job;

import org.sparkadept.pipeline.output.OutputSpec;
import org.sparkadept.udfs.conf.AdeptConf;

/**
 * One classification job.
 *
 * @param input what is read
 * @param output what is written
 * @param outputPrefix put before the names of the result columns; may be empty
 * @param partitions how many partitions the rows are dealt out to; 0 leaves them as they come;
 *     negative deals them out only where there are fewer than cores
 * @param checkpoint where an incremental job keeps what it has read; null: the job reads all
 * @param resume whether answers of earlier runs are taken over, and this run's are kept for the
 *     next
 * @param conf the configuration, arguments of the call included
 */
public record ClassifySpec(
    InputSpec input,
    OutputSpec output,
    String outputPrefix,
    int partitions,
    String checkpoint,
    boolean resume,
    AdeptConf conf) {

  /** Value of {@code partitions}: as they come, but at least one for each core. */
  public static final int PARTITIONS_AUTO = -1;
}
