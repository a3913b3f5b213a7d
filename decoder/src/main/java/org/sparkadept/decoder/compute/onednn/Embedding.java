package org.sparkadept.decoder.compute.onednn;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.tensor.Matrix;

/** A table of vectors {@code [rows, width]}; copies go without a native call. */
final class Embedding {
  /** Most floats of a part: a buffer holds less than 2 GiB. */
  private static final int PART = 1 << 28;

  private final int width;
  private final int rowsOfPart;
  private final FloatBuffer[] parts;

  Embedding(NativeScope scope, Matrix matrix) {
    int rows = matrix.rows();
    width = matrix.cols();
    rowsOfPart = Math.max(1, PART / width);
    parts = new FloatBuffer[(rows + rowsOfPart - 1) / rowsOfPart];
    int chunk = Math.max(1, (1 << 20) / width);
    float[] buffer = new float[Math.min(chunk, rows) * width];
    for (int part = 0; part < parts.length; part++) {
      int first = part * rowsOfPart;
      int count = Math.min(rowsOfPart, rows - first);
      FloatPointer memory = scope.floats((long) count * width);
      for (int row = 0; row < count; row += chunk) {
        int read = Math.min(chunk, count - row);
        matrix.read(first + row, read, buffer, 0);
        memory.getPointer((long) row * width).put(buffer, 0, read * width);
      }
      parts[part] = memory.asBuffer();
    }
  }

  /** Copies a row's vector to {@code target[at ..]}. */
  void copy(int row, FloatBuffer target, int at) {
    target.put(at, parts[row / rowsOfPart], row % rowsOfPart * width, width);
  }

  /** Adds a row's vector to {@code target[at ..]}. */
  void add(int row, FloatBuffer target, int at) {
    FloatBuffer part = parts[row / rowsOfPart];
    int from = row % rowsOfPart * width;
    for (int i = 0; i < width; i++) {
      target.put(at + i, target.get(at + i) + part.get(from + i));
    }
  }
}
