package org.sparkadept.pipeline.job;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.spark.Dependency;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.datasources.FilePartition;
import org.apache.spark.sql.execution.datasources.FileScanRDD;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.sparkadept.udfs.ipc.ArrowFileFormat;
import scala.jdk.javaapi.CollectionConverters;

/**
 * In how many parts the rows of files are scored, so that no core waits long for another one at the
 * end. To score a row takes far longer than to shuffle it.
 */
final class InputParts {
  /** Format whose files Spark cuts into more parts than they have rows for. */
  private static final String ARROW = "arrow";

  /** How finely the work is dealt out: a core waits for about half a part. */
  private static final int PER_CORE = 4;

  /** Of a part; smaller ones cost more, as tasks and as files, than they bring. */
  private static final long LEAST_BYTES = 1 << 18;

  /** How much longer than with even parts a job may take. */
  private static final double UNEVEN = 1.1;

  private InputParts() {}

  /**
   * The number of parts to repartition files to.
   *
   * @param input rows of files
   * @param cores cores of all executors
   * @return 0 if the parts in which they come are as good
   */
  static int wanted(Dataset<Row> input, String format, int cores) {
    RDD<?> rows = input.queryExecution().toRdd();
    List<Long> parts = new ArrayList<>();
    addBytes(rows, parts);
    long bytes = parts.stream().mapToLong(Long::longValue).sum();
    int wanted = cores * (int) Math.max(1, Math.min(PER_CORE, bytes / LEAST_BYTES / cores));
    int found =
        format.equals(ARROW)
            ? ArrowFileFormat.parts(
                input.inputFiles(), wanted, input.sparkSession().sessionState().newHadoopConf())
            : rows.getNumPartitions();
    return found < wanted || busiest(parts, cores) * cores > UNEVEN * bytes ? wanted : 0;
  }

  /** Adds the bytes of each part, where the source tells them; those of version 2 do not. */
  private static void addBytes(RDD<?> rdd, List<Long> parts) {
    if (rdd instanceof FileScanRDD scan) {
      for (FilePartition part : CollectionConverters.asJava(scan.filePartitions())) {
        long bytes = 0;
        for (PartitionedFile file : part.files()) {
          bytes += file.length();
        }
        parts.add(bytes);
      }
    }
    for (Dependency<?> dependency : CollectionConverters.asJava(rdd.dependencies())) {
      addBytes(dependency.rdd(), parts);
    }
  }

  /** Bytes of the core that has most to do, where each takes the next part when it is free. */
  private static long busiest(List<Long> parts, int cores) {
    PriorityQueue<Long> loads = new PriorityQueue<>();
    for (int core = 0; core < cores; core++) {
      loads.add(0L);
    }
    long busiest = 0;
    for (long part : parts) {
      long load = loads.remove() + part;
      loads.add(load);
      busiest = Math.max(busiest, load);
    }
    return busiest;
  }
}
