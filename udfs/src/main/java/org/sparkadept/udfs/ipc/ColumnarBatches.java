package org.sparkadept.udfs.ipc;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.util.TransferPair;
import org.apache.spark.sql.vectorized.ArrowColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.sparkadept.udfs.conf.ScoringOptions;
import scala.collection.AbstractIterator;

/**
 * Record batches as Spark takes them. One record batch is held at a time; it is returned in slices
 * of bounded rows and bytes, which share its memory. A slice is valid until the next one.
 */
final class ColumnarBatches extends AbstractIterator<ColumnarBatch> implements Closeable {
  private final RecordBatches batches;
  private final int[] columns;
  private final List<ColumnVector> constants;
  private final BufferAllocator allocator;
  private final ScoringOptions bounds;
  private final List<FieldVector> slice = new ArrayList<>();
  private RecordBatches.Loaded loaded;
  private int nextRow;
  private boolean closed;

  /**
   * @param columns indices of the file's columns that make up a batch, in order
   * @param constants further columns of every batch
   * @param allocator the memory of all vectors; closed with this
   * @param bounds rows and bytes of a slice
   */
  ColumnarBatches(
      RecordBatches batches,
      int[] columns,
      List<ColumnVector> constants,
      BufferAllocator allocator,
      ScoringOptions bounds) {
    this.batches = batches;
    this.columns = columns;
    this.constants = constants;
    this.allocator = allocator;
    this.bounds = bounds;
  }

  @Override
  public boolean hasNext() {
    if (closed) {
      return false;
    }
    if (loaded != null && nextRow < loaded.rows()) {
      return true;
    }
    release();
    try {
      loaded = batches.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    nextRow = 0;
    if (loaded == null) {
      close();
    }
    return loaded != null;
  }

  @Override
  public ColumnarBatch next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    releaseSlice();
    int first = nextRow;
    nextRow = endOfSlice(first);
    List<ColumnVector> all = new ArrayList<>();
    for (int column : columns) {
      all.add(new ArrowColumnVector(part(loaded.vectors().get(column), first, nextRow)));
    }
    all.addAll(constants);
    return new ColumnarBatch(all.toArray(new ColumnVector[0]), nextRow - first);
  }

  private FieldVector part(FieldVector vector, int first, int end) {
    if (first == 0 && end == loaded.rows()) {
      return vector;
    }
    TransferPair transfer = vector.getTransferPair(vector.getField(), allocator);
    transfer.splitAndTransfer(first, end - first);
    FieldVector part = (FieldVector) transfer.getTo();
    slice.add(part);
    return part;
  }

  /** One more than the last row of the slice that begins at {@code first}. */
  private int endOfSlice(int first) {
    int end = (int) Math.min(loaded.rows(), (long) first + bounds.batchRows());
    long bytes = 0;
    for (int row = first; row < end; row++) {
      if (bytes >= bounds.batchBytes()) {
        return row;
      }
      for (int column : columns) {
        if (loaded.vectors().get(column) instanceof BaseVariableWidthVector texts) {
          ArrowBuf offsets = texts.getOffsetBuffer();
          long at = (long) row * Integer.BYTES;
          bytes += offsets.getInt(at + Integer.BYTES) - offsets.getInt(at);
        }
      }
    }
    return end;
  }

  private void releaseSlice() {
    slice.forEach(FieldVector::close);
    slice.clear();
  }

  private void release() {
    releaseSlice();
    if (loaded != null) {
      loaded.close();
      loaded = null;
    }
  }

  /** Gives all memory back; may be called again. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    release();
    try {
      batches.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      allocator.close();
    }
  }
}
