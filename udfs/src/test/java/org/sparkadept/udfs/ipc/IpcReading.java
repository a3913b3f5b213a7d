package org.sparkadept.udfs.ipc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.sparkadept.udfs.conf.ScoringOptions;

/** Reads Arrow files whole, as a task does. */
final class IpcReading {
  private static final Configuration CONFIGURATION = new Configuration();

  private IpcReading() {}

  /** Reads all values of all rows; gives the number of rows. */
  static int read(Path path, BufferAllocator allocator) throws IOException {
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(path.toString());
    IpcFile ipc = IpcFile.open(file, Files.size(path), CONFIGURATION);
    FileColumns columns = new FileColumns(ipc);
    List<ColumnPlan> plans;
    int[] indices;
    StructType schema;
    try {
      schema = columns.schema();
      indices = columns.find(schema, true);
      plans = columns.plans(schema, indices);
    } catch (RuntimeException e) {
      ipc.close();
      throw e;
    }
    IpcFile.Messages messages = ipc.messages(0, Long.MAX_VALUE);
    BufferAllocator child = allocator.newChildAllocator("read", 0, Long.MAX_VALUE);
    try (ColumnarBatches batches =
        new ColumnarBatches(
            new RecordBatches(ipc, messages, plans, child, true),
            indices,
            List.of(),
            child,
            ScoringOptions.defaults())) {
      int rows = 0;
      while (batches.hasNext()) {
        ColumnarBatch batch = batches.next();
        for (int row = 0; row < batch.numRows(); row++) {
          batch.getRow(row).copy().toSeq(schema);
        }
        rows += batch.numRows();
      }
      return rows;
    }
  }
}
