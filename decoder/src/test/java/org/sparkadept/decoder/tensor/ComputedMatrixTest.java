package org.sparkadept.decoder.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;

/** Each kind beside plain loops in double precision, read whole and in parts. */
class ComputedMatrixTest {
  private static final double TOLERANCE = 1e-5;

  private final Random random = TestSeed.random();

  private Matrix random(String name, int rows, int cols) {
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Matrix.of(name, rows, cols, values);
  }

  private static double at(Matrix matrix, int row, int col) {
    float[] read = new float[matrix.cols()];
    matrix.read(row, 1, read, 0);
    return read[col];
  }

  private interface Expected {
    double at(int row, int col);
  }

  private static void assertIs(Expected expected, Matrix found) {
    int cols = found.cols();
    for (int first = 0; first < found.rows(); first++) {
      int count = found.rows() - first;
      float[] read = new float[3 + count * cols];
      found.read(first, count, read, 3);
      for (int i = 0; i < count * cols; i++) {
        double value = expected.at(first + i / cols, i % cols);
        assertEquals(value, read[3 + i], TOLERANCE * (1 + Math.abs(value)));
      }
      ByteBuffer stored = ByteBuffer.allocate(count * cols * Float.BYTES + 1);
      found.readStored(first, count, stored);
      assertEquals(1, stored.remaining());
      float[] decoded = new float[count * cols];
      stored.flip().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(decoded);
      assertArrayEquals(Arrays.copyOfRange(read, 3, read.length), decoded);
    }
    float[] all = new float[found.rows() * cols];
    assertThrows(IndexOutOfBoundsException.class, () -> found.read(1, found.rows(), all, 0));
  }

  @Test
  void rowsStandAboveEachOther() {
    Matrix upper = random("upper", 4, 7);
    Matrix lower = random("lower", 3, 7);
    Matrix found = ComputedMatrix.stack(upper, lower);
    assertEquals(7, found.rows());
    assertIs((row, col) -> row < 4 ? at(upper, row, col) : at(lower, row - 4, col), found);
  }

  @Test
  void aFunctionIsAppliedToEachRow() {
    Matrix matrix = random("matrix", 5, 4);
    Matrix found =
        ComputedMatrix.mapRows(
            matrix,
            row -> {
              row[0] = 3; // A row that is read again must not show it.
              return new float[] {row[3], row[2], row[1], row[0]};
            });
    assertIs((row, col) -> col == 3 ? 3 : at(matrix, row, 3 - col), found);
    assertIs((row, col) -> col == 3 ? 3 : at(matrix, row, 3 - col), found);
  }

  @Test
  void someRowsAreAMatrixOfTheirOwn() {
    Matrix matrix = random("matrix", 6, 3);
    Matrix found = new RowsMatrix(matrix, 2, 3);
    assertEquals(3, found.rows());
    assertEquals("matrix", found.name());
    float[] read = new float[7];
    found.read(1, 2, read, 1);
    for (int i = 0; i < 6; i++) {
      assertEquals(at(matrix, 3 + i / 3, i % 3), read[1 + i]);
    }
    ByteBuffer stored = ByteBuffer.allocate(3 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    found.readStored(2, 1, stored);
    assertEquals((float) at(matrix, 4, 1), stored.getFloat(Float.BYTES));
    assertThrows(IndexOutOfBoundsException.class, () -> found.read(2, 2, new float[9], 0));
    assertThrows(IndexOutOfBoundsException.class, () -> found.readStored(3, 1, stored));
    assertThrows(IndexOutOfBoundsException.class, () -> new RowsMatrix(matrix, 4, 3));
  }

  @Test
  void columnsAreScaled() {
    Matrix matrix = random("matrix", 5, 6);
    float[] factors = {1, 2, -3, 0, 0.5f, 7};
    assertIs(
        (row, col) -> at(matrix, row, col) * factors[col],
        ComputedMatrix.scaleColumns(matrix, factors));
  }

  @Test
  void matricesAreAdded() {
    Matrix left = random("left", 5, 6);
    Matrix right = random("right", 5, 6);
    assertIs(
        (row, col) -> at(left, row, col) + at(right, row, col), ComputedMatrix.sum(left, right));
  }

  @Test
  void matricesAreMultiplied() {
    Matrix left = random("left", 5, 1 + random.nextInt(8));
    Matrix right = random("right", left.cols(), 9);
    assertIs(
        (row, col) -> {
          double sum = 0;
          for (int k = 0; k < left.cols(); k++) {
            sum += at(left, row, k) * at(right, k, col);
          }
          return sum;
        },
        ComputedMatrix.product(left, right));
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    Matrix one = random("one", 4, 7);
    Matrix other = random("other", 4, 6);
    assertThrows(IllegalArgumentException.class, () -> ComputedMatrix.stack(one, other));
    assertThrows(IllegalArgumentException.class, () -> ComputedMatrix.sum(one, other));
    assertThrows(IllegalArgumentException.class, () -> ComputedMatrix.product(one, other));
  }
}
