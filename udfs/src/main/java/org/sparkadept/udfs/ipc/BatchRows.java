package org.sparkadept.udfs.ipc;

import java.io.Closeable;
import java.util.Collections;
import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.types.StructType;
import scala.collection.AbstractIterator;

/**
 * The rows of column batches, one by one, for plans that do not take batches: where whole-stage
 * code generation is off, or a table has more columns than {@code spark.sql.codegen.maxFields}. A
 * row is valid until the next one.
 */
final class BatchRows extends AbstractIterator<InternalRow> implements Closeable {
  private final ColumnarBatches batches;
  private final UnsafeProjection projection;
  private Iterator<InternalRow> rows = Collections.emptyIterator();

  /**
   * @param batches closed with this
   * @param schema their columns
   */
  BatchRows(ColumnarBatches batches, StructType schema) {
    this.batches = batches;
    projection = UnsafeProjection.create(schema);
  }

  @Override
  public boolean hasNext() {
    while (!rows.hasNext() && batches.hasNext()) {
      rows = batches.next().rowIterator();
    }
    return rows.hasNext();
  }

  @Override
  public InternalRow next() {
    hasNext();
    return projection.apply(rows.next());
  }

  @Override
  public void close() {
    batches.close();
  }
}
