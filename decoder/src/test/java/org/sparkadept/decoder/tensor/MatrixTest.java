package org.sparkadept.decoder.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;

/** Rows as floats and rows as they are stored are the same numbers. */
class MatrixTest {
  private static final int ROWS = 45;
  private static final int COLS = 70;

  @TempDir private Path folder;

  private static float[] random(Random random) {
    float[] values = new float[ROWS * COLS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float next(ByteBuffer stored, DType dtype) {
    return switch (dtype) {
      case F32 -> stored.getFloat();
      case F16 -> HalfPrecision.fromF16(stored.getShort());
      case BF16 -> HalfPrecision.fromBf16(stored.getShort());
    };
  }

  private static void assertSameRows(Matrix matrix, int firstRow, int rowCount) {
    float[] expected = new float[rowCount * matrix.cols()];
    matrix.read(firstRow, rowCount, expected, 0);
    int bytes = expected.length * matrix.dtype().bytes();
    ByteBuffer stored = ByteBuffer.allocate(3 + bytes).order(ByteOrder.LITTLE_ENDIAN).position(3);

    matrix.readStored(firstRow, rowCount, stored);

    assertEquals(3 + bytes, stored.position());
    stored.position(3);
    float[] found = new float[expected.length];
    for (int i = 0; i < found.length; i++) {
      found[i] = next(stored, matrix.dtype());
    }
    assertArrayEquals(expected, found);
    assertThrows(
        BufferOverflowException.class,
        () -> matrix.readStored(firstRow, rowCount, ByteBuffer.allocate(bytes - 1)));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> matrix.readStored(matrix.rows(), 1, ByteBuffer.allocate(bytes)));
  }

  @ParameterizedTest
  @EnumSource
  void ofAFile(DType dtype) {
    Path file = folder.resolve("model.safetensors");
    float[] values = random(TestSeed.random());
    new SafetensorsWriter().add("w", dtype, values, ROWS, COLS).write(file);
    try (SafetensorsStore store = SafetensorsStore.openFile(file)) {
      Matrix whole = Matrix.of(store.tensor("w"));
      assertEquals(dtype, whole.dtype());
      assertSameRows(whole, 0, ROWS);
      assertSameRows(whole, 7, 12);

      Matrix turned = new TransposedMatrix(store.tensor("w"), 20, 40);
      assertSameRows(turned, 0, 40);
      assertSameRows(turned, 11, 5);
      float[] column = new float[ROWS];
      turned.read(11, 1, column, 0);
      float[] row = new float[COLS];
      whole.read(30, 1, row, 0);
      assertEquals(row[31], column[30]);
    }
  }

  @Test
  void inMemory() {
    Matrix matrix = Matrix.of("w", ROWS, COLS, random(TestSeed.random()));
    assertEquals(DType.F32, matrix.dtype());
    assertSameRows(matrix, 0, ROWS);
    assertSameRows(matrix, 7, 12);
  }
}
