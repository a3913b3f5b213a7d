package org.sparkadept.udfs.scoring;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VarCharVector;
import org.apache.spark.sql.Row;

/** Rows that wait for their answers, and their texts as an Arrow vector. */
final class TextBatch implements AutoCloseable {
  private final int textColumn;
  private final List<Row> rows = new ArrayList<>();
  private final VarCharVector texts;

  /**
   * @param textColumn index of the column, BINARY here, that holds the text in UTF-8
   */
  TextBatch(int textColumn, BufferAllocator allocator) {
    this.textColumn = textColumn;
    texts = new VarCharVector("text", allocator);
  }

  /**
   * Takes the next rows.
   *
   * @param maxRows most rows to take
   * @param maxBytes text bytes after which no further row is taken
   */
  void fill(Iterator<Row> input, int maxRows, long maxBytes) {
    rows.clear();
    texts.clear();
    long bytes = 0;
    while (rows.size() < maxRows && bytes < maxBytes && input.hasNext()) {
      Row row = input.next();
      rows.add(row);
      bytes += row.isNullAt(textColumn) ? 0 : row.<byte[]>getAs(textColumn).length;
    }
    texts.allocateNew(Math.max(1, bytes), Math.max(1, rows.size()));
    for (int i = 0; i < rows.size(); i++) {
      if (!rows.get(i).isNullAt(textColumn)) {
        texts.setSafe(i, rows.get(i).<byte[]>getAs(textColumn));
      }
    }
    texts.setValueCount(rows.size());
  }

  int size() {
    return rows.size();
  }

  Row row(int index) {
    return rows.get(index);
  }

  /** The texts; NULL where the row's text is. Valid until the next {@link #fill}. */
  VarCharVector texts() {
    return texts;
  }

  @Override
  public void close() {
    rows.clear();
    texts.close();
  }
}
