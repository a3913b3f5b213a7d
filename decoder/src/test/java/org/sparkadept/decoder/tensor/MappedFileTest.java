package org.sparkadept.decoder.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class MappedFileTest {
  private static final int COUNT = 100_000;

  @TempDir Path folder;

  private MappedFile open() throws IOException {
    Path file = folder.resolve("numbers.bin");
    ByteBuffer bytes = ByteBuffer.allocate(COUNT * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < COUNT; i++) {
      bytes.putFloat(i);
    }
    Files.write(file, bytes.array());
    try (FileChannel channel = FileChannel.open(file)) {
      return new MappedFile(file, channel);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aClosedFileIsNotMappedAnyMore() throws IOException {
    MappedFile mapped = open();
    assertTrue(isMapped(mapped));
    mapped.close();
    assertFalse(isMapped(mapped));
    mapped.close();
  }

  private static boolean isMapped(MappedFile mapped) throws IOException {
    return Files.readString(Path.of("/proc/self/maps"))
        .contains(mapped.file().toRealPath().toString());
  }

  @Test
  void aClosedFileIsNotRead() throws IOException {
    MappedFile mapped = open();
    mapped.close();
    float[] values = new float[1];
    String message =
        assertThrows(IllegalStateException.class, () -> mapped.read(0, DType.F32, values, 0, 1))
            .getMessage();
    assertTrue(message.contains("numbers.bin is read after"), message);
  }

  /** Whoever reads while another thread closes has either the numbers or an error. */
  @Test
  void readersAreWaitedFor() throws Exception {
    for (int round = 0; round < 50; round++) {
      MappedFile mapped = open();
      CountDownLatch reading = new CountDownLatch(1);
      CompletableFuture<Void> reader =
          CompletableFuture.runAsync(
              () -> {
                float[] values = new float[COUNT];
                while (true) {
                  mapped.read(0, DType.F32, values, 0, COUNT);
                  reading.countDown();
                  assertEquals(COUNT - 1, values[COUNT - 1]);
                }
              });
      assertTrue(reading.await(30, TimeUnit.SECONDS));
      mapped.close();
      Throwable end = assertThrows(CompletionException.class, reader::join).getCause();
      assertEquals(IllegalStateException.class, end.getClass());
    }
  }
}
