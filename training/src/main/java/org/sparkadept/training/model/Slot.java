package org.sparkadept.training.model;

import java.util.List;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * A weight as the program takes it: tensors of the checkpoint, one below the other. Projections
 * that read the same input are one weight.
 *
 * @param name name within its layer, as the program calls it
 * @param parts the tensors, each [rows, cols] with as many columns; a vector is one row
 * @param vector whether the weight is a vector
 */
public record Slot(String name, List<Matrix> parts, boolean vector) {

  static Slot matrices(String name, Matrix... parts) {
    return new Slot(name, List.of(parts), false);
  }

  /** Number of rows; 1 for a vector. */
  public int rows() {
    return vector ? 1 : parts.stream().mapToInt(Matrix::rows).sum();
  }

  /** Number of columns, or of a vector's elements. */
  public int cols() {
    return vector ? parts.stream().mapToInt(Matrix::cols).sum() : parts.get(0).cols();
  }

  /** Number of elements. */
  public long size() {
    return (long) rows() * cols();
  }
}
