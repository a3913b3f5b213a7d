package org.sparkadept.udfs.classify;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.VarCharVector;

/** The texts of a batch, each of them once: equal texts have equal answers. */
final class DistinctTexts {
  private static final int NULL = -1;

  private final List<byte[]> texts = new ArrayList<>();
  private final int[] indexes;

  /**
   * @param rows the texts; NULL rows have none
   */
  DistinctTexts(VarCharVector rows, int rowCount) {
    indexes = new int[rowCount];
    Map<ByteBuffer, Integer> indexOf = new HashMap<>();
    for (int row = 0; row < rowCount; row++) {
      indexes[row] = rows.isNull(row) ? NULL : index(rows.get(row), indexOf);
    }
  }

  private int index(byte[] text, Map<ByteBuffer, Integer> indexOf) {
    Integer earlier = indexOf.putIfAbsent(ByteBuffer.wrap(text), texts.size());
    if (earlier != null) {
      return earlier;
    }
    texts.add(text);
    return texts.size() - 1;
  }

  /** The texts in UTF-8. */
  byte[][] texts() {
    return texts.toArray(new byte[0][]);
  }

  /** Number of rows. */
  int rows() {
    return indexes.length;
  }

  boolean isNull(int row) {
    return indexes[row] == NULL;
  }

  /** Where a row's text, which is not NULL, is among {@link #texts}. */
  int index(int row) {
    return indexes[row];
  }
}
