package org.sparkadept.udfs.ipc;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.execution.vectorized.ColumnVectorUtils;
import org.apache.spark.sql.execution.vectorized.ConstantColumnVector;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.ArrowUtils;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkadept.udfs.conf.ScoringOptions;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/**
 * Reads a part of a file in a task: column batches, which Spark's signature calls rows, or rows.
 */
final class PartReader extends AbstractFunction1<PartitionedFile, Iterator<InternalRow>>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private final StructType wanted;
  private final StructType partitionSchema;
  private final boolean caseSensitive;
  private final boolean inBatches;
  private final IpcOptions options;
  private final ScoringOptions bounds;
  private final Broadcast<SerializableConfiguration> configuration;

  /**
   * @param wanted the file's columns to read
   * @param partitionSchema columns whose values are in the folders' names
   * @param inBatches whether the plan takes column batches; else it takes rows
   * @param bounds rows and bytes of a batch
   */
  PartReader(
      StructType wanted,
      StructType partitionSchema,
      boolean caseSensitive,
      boolean inBatches,
      IpcOptions options,
      ScoringOptions bounds,
      Broadcast<SerializableConfiguration> configuration) {
    this.wanted = wanted;
    this.partitionSchema = partitionSchema;
    this.caseSensitive = caseSensitive;
    this.inBatches = inBatches;
    this.options = options;
    this.bounds = bounds;
    this.configuration = configuration;
  }

  @Override
  @SuppressWarnings("unchecked") // a scan that takes batches has the signature of one of rows
  public Iterator<InternalRow> apply(PartitionedFile part) {
    try {
      ColumnarBatches batches = open(part);
      return inBatches ? (Iterator<InternalRow>) (Iterator<?>) batches : rows(batches);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private BatchRows rows(ColumnarBatches batches) {
    StructType schema = new StructType(wanted.fields());
    for (StructField column : partitionSchema.fields()) {
      schema = schema.add(column);
    }
    return new BatchRows(batches, schema);
  }

  private ColumnarBatches open(PartitionedFile part) throws IOException {
    IpcFile file = IpcFile.open(part.toPath(), part.fileSize(), configuration.value().value());
    try {
      FileColumns fileColumns = new FileColumns(file);
      int[] columns = fileColumns.find(wanted, caseSensitive);
      List<ColumnPlan> plans = fileColumns.plans(wanted, columns);
      BufferAllocator allocator =
          ArrowUtils.rootAllocator().newChildAllocator("file " + part.toPath(), 0, Long.MAX_VALUE);
      RecordBatches batches =
          new RecordBatches(
              file,
              file.messages(part.start(), part.length()),
              plans,
              allocator,
              options.floorNanoseconds());
      return new ColumnarBatches(batches, columns, constants(part), allocator, bounds);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private List<ColumnVector> constants(PartitionedFile part) {
    List<ColumnVector> constants = new ArrayList<>();
    for (int i = 0; i < partitionSchema.size(); i++) {
      ConstantColumnVector vector =
          new ConstantColumnVector(1, partitionSchema.fields()[i].dataType());
      ColumnVectorUtils.populate(vector, part.partitionValues(), i);
      constants.add(vector);
    }
    return constants;
  }
}
