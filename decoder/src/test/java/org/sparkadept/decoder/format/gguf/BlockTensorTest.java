package org.sparkadept.decoder.format.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.decoder.tensor.TensorFile;

class BlockTensorTest {
  /** Bytes before the first block. */
  private static final int POSITION = 96;

  @TempDir Path folder;

  private BlockTensor write(GgufType type, int rows, int cols) throws IOException {
    byte[] bytes = new byte[POSITION + rows * cols / type.numbers() * type.bytes()];
    TestSeed.random().nextBytes(bytes);
    Path file = Files.write(folder.resolve("blocks.bin"), bytes);
    return new BlockTensor("t", type, new long[] {rows, cols}, new TensorFile(file), POSITION);
  }

  /** More blocks than are read at once. */
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "F16", "BF16"})
  void anyRangeIsDequantized(GgufType type) throws IOException {
    BlockTensor tensor = write(type, 700, 512);
    byte[] bytes = Files.readAllBytes(tensor.file());
    float[] expected = new float[700 * 512];
    for (int block = 0; block < expected.length / type.numbers(); block++) {
      type.decode(bytes, POSITION + block * type.bytes(), expected, block * type.numbers());
    }
    Random random = TestSeed.random();
    for (int round = 0; round < 30; round++) {
      int start = random.nextInt(expected.length);
      int most = round % 2 == 0 ? expected.length : 600;
      int count = random.nextInt(Math.min(most, expected.length - start) + 1);
      float[] values = new float[count + 3];
      tensor.read(start, values, 2, count);
      assertEquals(0, values[0]);
      assertEquals(0, values[count + 2]);
      for (int i = 0; i < count; i++) {
        assertEquals(expected[start + i], values[i + 2]);
      }
    }
  }

  @Test
  void rowsOfAMatrixAreFloats() throws IOException {
    BlockTensor tensor = write(GgufType.Q4_1, 6, 64);
    Matrix matrix = Matrix.of(tensor);
    assertEquals(DType.F32, matrix.dtype());
    assertEquals("Q4_1", tensor.type());
    float[] rows = new float[2 * 64];
    matrix.read(3, 2, rows, 0);
    ByteBuffer stored =
        ByteBuffer.allocate(8 + 2 * 64 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).position(8);
    matrix.readStored(3, 2, stored);
    assertEquals(0, stored.remaining());
    for (int i = 0; i < rows.length; i++) {
      assertEquals(rows[i], stored.getFloat(8 + i * Float.BYTES));
    }
    assertThrows(
        BufferOverflowException.class, () -> tensor.readStored(0, 2, ByteBuffer.allocate(7)));
    assertThrows(IndexOutOfBoundsException.class, () -> tensor.read(383, rows, 0, 2));
  }

  @Test
  void aFileThatWasCutIsNamed() throws IOException {
    BlockTensor tensor = write(GgufType.Q8_0, 4, 64);
    Files.write(tensor.file(), new byte[POSITION + 40]);
    assertFails(tensor::readAll, "blocks.bin became shorter");
  }
}
