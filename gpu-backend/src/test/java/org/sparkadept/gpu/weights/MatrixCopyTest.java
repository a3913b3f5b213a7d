package org.sparkadept.gpu.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.tensor.Matrix;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;

class MatrixCopyTest {
  private static Matrix matrix(float... values) {
    return Matrix.of("w", 1, values.length, values);
  }

  /** Bits of IEEE 754 binary16, by its definition. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "0, 0000",
    "-0.0, 8000",
    "1, 3C00",
    "-2, C000",
    "0.333333333, 3555",
    "65504, 7BFF",
    "-65519.996, FBFF", // below half way to what would be next
    "1.00048828125, 3C00", // half way: to even
    "1.00146484375, 3C02", // half way: to even
    "0.00006103515625, 0400", // the least normal one, 2^-14
    "0.000060975551605, 03FF", // the largest subnormal one
    "5.9604644775390625e-8, 0001", // 2^-24
    "2.98023223876953125e-8, 0000", // half of it: to even
    "-2.9802325e-8, 8001", // a little more
    "1e-30, 0000",
    "NaN, 7E00",
    "Infinity, 7C00",
    "-Infinity, FC00"
  })
  void weightsAreRoundedToTheNearest(float weight, String bits) {
    HalfFloatArray halves = new HalfFloatArray(3);
    MatrixCopy.copy(matrix(weight), halves, 1);
    assertEquals(bits, String.format("%04X", halves.get(1).getHalfFloatValue()));
    assertEquals(0, halves.get(0).getHalfFloatValue(), "before it");
    assertEquals(0, halves.get(2).getHalfFloatValue(), "behind it");
  }

  @ParameterizedTest
  @CsvSource({"65520", "-65520", "1e30"})
  void aFiniteWeightThatWouldBecomeInfiniteIsRefused(float weight) {
    HalfFloatArray halves = new HalfFloatArray(2);
    OutOfHalfRangeException error =
        assertThrows(
            OutOfHalfRangeException.class, () -> MatrixCopy.copy(matrix(1, weight), halves, 0));
    assertThrows(
        OutOfHalfRangeException.class, () -> MatrixCopy.requireHalfRange(matrix(1, weight)));
    assertTrue(error.getMessage().startsWith("w has the weight " + weight), error.getMessage());
    assertTrue(error.getMessage().contains("spark.adept.gpu.precision"), error.getMessage());
  }

  /** More than is read at once. */
  @Test
  void largeMatricesAreCopiedWhole() {
    int rows = 700;
    int cols = 3001;
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 2039 - 1000;
    }
    Matrix matrix = Matrix.of("w", rows, cols, values);
    FloatArray floats = new FloatArray(6 + values.length);
    HalfFloatArray halves = new HalfFloatArray(6 + values.length);
    MatrixCopy.copy(matrix, floats, 5);
    MatrixCopy.copy(matrix, halves, 5);
    MatrixCopy.requireHalfRange(matrix);
    for (int i = 0; i <= values.length; i++) {
      float expected = i < values.length ? values[i] : 0;
      assertEquals(expected, floats.get(5 + i), "single precision, at " + i);
      assertEquals(expected, halves.get(5 + i).getFloat32(), "half precision, at " + i);
    }
  }
}
