package org.sparkadept.decoder.format.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.sparkadept.decoder.format.safetensors.RawSafetensors.entry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.Failures;
import org.sparkadept.decoder.tensor.Tensor;

/** A tensor beyond 2 GiB, in a sparse file: numbers behind that come out right, too. */
class LargeTensorTest {
  private static final long GIB = 1L << 30;
  private static final long ROWS = 650_000;
  private static final long COLS = 1_000;
  private static final long BIG_BYTES = ROWS * COLS * Float.BYTES;

  @TempDir Path folder;

  @Test
  void numbersAreReadWhereverTheyLie() throws IOException {
    assumeTrue(
        Files.getFileStore(folder).getUsableSpace() > 4 * GIB,
        "needs 4 GiB of free disk where files are not sparse");
    // An odd header: every number lies across what would be its natural boundary.
    String header =
        String.format(
            "{%s,%s}",
            entry("big", "F32", "[" + ROWS + "," + COLS + "]", 0, BIG_BYTES),
            entry("half", "BF16", "[2,3]", BIG_BYTES, BIG_BYTES + 12));
    header += " ".repeat(header.length() % 2 == 0 ? 1 : 0);
    long dataStart = Long.BYTES + header.length();
    long[] marked = {
      0,
      (GIB - dataStart) / Float.BYTES - 1,
      (GIB - dataStart) / Float.BYTES,
      (GIB - dataStart) / Float.BYTES + 1,
      (2 * GIB - dataStart) / Float.BYTES - 1,
      (2 * GIB - dataStart) / Float.BYTES,
      (2 * GIB - dataStart) / Float.BYTES + 1,
      ROWS * COLS - 1
    };
    Path file = folder.resolve("big.safetensors");
    writeSparse(file, header, marked);
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      Tensor big = checkpoint.tensor("big");
      assertEquals(ROWS * COLS, big.size());
      float[] one = new float[1];
      for (int i = 0; i < marked.length; i++) {
        big.read(marked[i], one, 0, 1);
        assertEquals(i + 1, one[0], "element " + marked[i]);
      }
      float[] across = new float[1 << 20];
      big.read(marked[5] - (1 << 19), across, 0, across.length);
      float[] expected = new float[across.length];
      expected[(1 << 19) - 1] = 5;
      expected[1 << 19] = 6;
      expected[(1 << 19) + 1] = 7;
      assertArrayEquals(expected, across);
      assertArrayEquals(new float[] {1, 2, 0, 0, 0, 0}, checkpoint.tensor("half").readAll());
      Failures.assertFails(() -> checkpoint.tensor("big").dim(2), file, "big", "[650000, 1000]");
    }
  }

  @Test
  void aTensorTooLargeForAnArrayIsNotReadAtOnce() throws IOException {
    long size = 1L << 31;
    String header = "{" + entry("big", "BF16", "[" + size + "]", 0, 2 * size) + "}";
    assumeTrue(
        Files.getFileStore(folder).getUsableSpace() > 5 * GIB,
        "needs 5 GiB of free disk where files are not sparse");
    Path file = folder.resolve("big.safetensors");
    RawSafetensors.write(file, header, new byte[0]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), Long.BYTES + header.length() + 2 * size - 1);
    }
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      Tensor big = checkpoint.tensor("big");
      Failures.assertFails(big::readAll, file, "big", size);
      Failures.assertFails(() -> big.dim(0), file, "big", size);
      big.read(size - 1, new float[1], 0, 1);
    }
  }

  private static void writeSparse(Path file, String header, long[] marked) throws IOException {
    RawSafetensors.write(file, header, new byte[0]);
    long dataStart = Files.size(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; i < marked.length; i++) {
        byte[] number = RawSafetensors.floats(i + 1);
        channel.write(ByteBuffer.wrap(number), dataStart + marked[i] * Float.BYTES);
      }
      byte[] halves = RawSafetensors.shorts(0x3f80, 0x4000, 0, 0, 0, 0);
      channel.write(ByteBuffer.wrap(halves), dataStart + BIG_BYTES);
    }
  }
}
