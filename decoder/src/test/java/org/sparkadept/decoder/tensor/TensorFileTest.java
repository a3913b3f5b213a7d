package org.sparkadept.decoder.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.CheckpointException;

class TensorFileTest {
  private static final int COUNT = 100_000;

  @TempDir Path folder;

  private TensorFile open() throws IOException {
    Path file = folder.resolve("numbers.bin");
    ByteBuffer bytes = ByteBuffer.allocate(COUNT * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < COUNT; i++) {
      bytes.putFloat(i);
    }
    Files.write(file, bytes.array());
    return new TensorFile(file);
  }

  @Test
  void numbersAreReadInPieces() throws IOException {
    TensorFile file = open();
    float[] values = new float[COUNT];
    file.read(Float.BYTES, DType.F32, values, 1, COUNT - 1);
    for (int i = 0; i < COUNT; i++) {
      assertEquals(i, values[i]);
    }
    ByteBuffer bytes = ByteBuffer.allocate(COUNT * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    file.copy(0, bytes.capacity(), bytes);
    assertEquals(COUNT - 1, bytes.getFloat((COUNT - 1) * Float.BYTES));
    file.close();
  }

  /** The upper halves of 1.0f and 2.0f in turns, many more than a piece has. */
  @Test
  void halvesAreReadInPieces() throws IOException {
    Path path = folder.resolve("halves.bin");
    int count = 600_000;
    ByteBuffer bytes = ByteBuffer.allocate(count * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putShort((short) (i % 3 == 0 ? 0x3f80 : 0x4000));
    }
    Files.write(path, bytes.array());
    TensorFile file = new TensorFile(path);
    float[] bf16 = new float[count];
    float[] f16 = new float[count];
    file.read(0, DType.BF16, bf16, 0, count);
    file.read(0, DType.F16, f16, 0, count);
    for (int i = 0; i < count; i++) {
      assertEquals(i % 3 == 0 ? 1 : 2, bf16[i]);
      assertEquals(i % 3 == 0 ? 1.875f : 2, f16[i]);
    }
    file.close();
  }

  @Test
  void aFileThatWasCutIsNamed() throws IOException {
    TensorFile file = open();
    Files.write(file.file(), new byte[COUNT]);
    float[] values = new float[COUNT];
    String message =
        assertThrows(
                CheckpointException.class, () -> file.read(0, DType.F32, values, 0, values.length))
            .getMessage();
    assertTrue(message.contains("numbers.bin became shorter"), message);
    file.close();
  }

  @Test
  void aClosedFileIsNotRead() throws IOException {
    TensorFile file = open();
    file.close();
    float[] values = new float[1];
    String message =
        assertThrows(IllegalStateException.class, () -> file.read(0, DType.F32, values, 0, 1))
            .getMessage();
    assertTrue(message.contains("numbers.bin is read after"), message);
  }

  /** Whoever reads while another thread closes has either the numbers or an error. */
  @Test
  void aReaderHasTheNumbersOrAnError() throws Exception {
    for (int round = 0; round < 50; round++) {
      TensorFile file = open();
      CountDownLatch reading = new CountDownLatch(1);
      CompletableFuture<Void> reader =
          CompletableFuture.runAsync(
              () -> {
                float[] values = new float[COUNT];
                while (true) {
                  file.read(0, DType.F32, values, 0, COUNT);
                  reading.countDown();
                  assertEquals(COUNT - 1, values[COUNT - 1]);
                }
              });
      assertTrue(reading.await(30, TimeUnit.SECONDS));
      file.close();
      Throwable end = assertThrows(CompletionException.class, reader::join).getCause();
      assertEquals(IllegalStateException.class, end.getClass());
    }
  }
}
