package org.sparkadept.decoder.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TestSeed;

class ReorderedTensorTest {
  private static final int ROWS = 7;
  private static final int COLS = 5;

  @TempDir Path folder;

  /** Element i is i, and row r is the source's row 6 − r. */
  private ReorderedTensor reversed(long... shape) throws IOException {
    Path path = folder.resolve("numbers.bin");
    ByteBuffer bytes =
        ByteBuffer.allocate(ROWS * COLS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < ROWS * COLS; i++) {
      bytes.putFloat(i);
    }
    Files.write(path, bytes.array());
    Tensor stored = new StoredTensor("numbers", "F32", shape, new TensorFile(path), 0);
    return new ReorderedTensor(stored, row -> ROWS - 1 - row);
  }

  @Test
  void anyRangeIsReadInTheNewOrder() throws IOException {
    ReorderedTensor tensor = reversed(ROWS, COLS);
    Random random = TestSeed.random();
    for (int round = 0; round < 100; round++) {
      int start = random.nextInt(ROWS * COLS);
      int count = random.nextInt(ROWS * COLS - start + 1);
      float[] values = new float[count + 1];
      tensor.read(start, values, 1, count);
      ByteBuffer stored = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      tensor.readStored(start, count, stored);
      for (int i = 0; i < count; i++) {
        int element = start + i;
        float expected = (ROWS - 1 - element / COLS) * COLS + element % COLS;
        assertEquals(expected, values[i + 1]);
        assertEquals(expected, stored.getFloat(i * Float.BYTES));
      }
    }
  }

  @Test
  void aVectorHasRowsOfOne() throws IOException {
    assertArrayEquals(new float[] {6, 5, 4, 3, 2, 1, 0}, reversed(ROWS).readAll());
  }

  @Test
  void aNumberIsAddedToEachElement() throws IOException {
    Tensor tensor = new ShiftedTensor(reversed(ROWS), -1);
    assertArrayEquals(new float[] {5, 4, 3, 2, 1, 0, -1}, tensor.readAll());
    ByteBuffer stored = ByteBuffer.allocate(2 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    tensor.readStored(5, 2, stored);
    assertEquals(0, stored.remaining());
    assertEquals(0, stored.getFloat(0));
    assertEquals(-1, stored.getFloat(Float.BYTES));
    assertEquals(DType.F32, tensor.dtype());
  }

  @Test
  void aRangeOutsideIsRefused() throws IOException {
    ReorderedTensor tensor = reversed(ROWS, COLS);
    float[] values = new float[4];
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.read(34, values, 0, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.read(0, values, 0, 5));
    assertThrows(
        BufferOverflowException.class, () -> tensor.readStored(0, 2, ByteBuffer.allocate(7)));
  }
}
