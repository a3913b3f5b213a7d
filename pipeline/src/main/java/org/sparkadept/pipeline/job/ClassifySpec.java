package org.sparkadept.pipeline.job;

import org.sparkadept.pipeline.output.OutputSpec;
import org.sparkadept.udfs.conf.AdeptConf;

/**
 * One classification job.
 *
 * @param input the table to read
 * @param output where and how the result is written
 * @param outputPrefix put before the names of the result columns; may be empty
 * @param partitions number of partitions to repartition the rows to; 0 keeps the input's; negative
 *     repartitions only where there are fewer than cores
 * @param checkpoint folder with the progress of an incremental job; null: the job reads all rows
 * @param resume whether answers of earlier runs are reused, and this run's are kept for the next
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
