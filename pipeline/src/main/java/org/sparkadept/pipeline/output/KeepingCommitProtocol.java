package org.sparkadept.pipeline.output;

import org.apache.hadoop.mapreduce.JobContext;
import org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol;

/**
 * Spark's commit protocol for files, but a job that fails leaves the files of the tasks that were
 * done, for the next run to take over.
 */
public final class KeepingCommitProtocol extends SQLHadoopMapReduceCommitProtocol {
  private static final long serialVersionUID = 1L;

  /** Spark calls this with what it gives to its own protocol. */
  public KeepingCommitProtocol(String jobId, String path, boolean dynamicPartitionOverwrite) {
    super(jobId, path, dynamicPartitionOverwrite);
  }

  @Override
  public void abortJob(JobContext context) {
    // What tasks have committed stays where it is.
  }
}
