package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

class FitMemoryTest {
  private static final long GIB = 1L << 30;

  @TempDir Path directory;

  @Test
  void tooLittleIsRefusedWithFiguresAndOptions() {
    FitMemory memory = new FitMemory(2 * GIB, GIB);
    assertDoesNotThrow(() -> memory.requireHeap(2 * GIB));
    assertDoesNotThrow(() -> memory.requireMachine(4 * GIB, 4 * GIB));
    assertRefused(
        () -> memory.requireHeap(GIB / 2), "1024 MiB", "512 MiB", "--driver-memory 1024m");
    assertRefused(() -> memory.requireMachine(GIB, 2 * GIB), "2048 MiB", "--master local[1]");
  }

  /** Four exits' sums to 3 layers each, of 25 inputs and 16 outputs in double precision. */
  @Test
  void theSumsOfTheMappersGrowWithTheCores() throws IOException {
    TinyCheckpoint.llama().write(directory);
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      int cores = 4;
      FitMemory some = FitMemory.of(opened.config(), 3, cores, 0, 1, 3, 2, false, true, 4);
      FitMemory twice = FitMemory.of(opened.config(), 3, 2 * cores, 0, 1, 3, 2, false, true, 4);
      assertEquals(8L * 25 * 16 * 4 * 3 * cores, twice.heapBytes() - some.heapBytes());
    }
  }

  /** What is held for each label, and the rows of few and of many labels. */
  @Test
  void headsOfManyLabelsNeedMore() {
    assertEquals(29_127, HeadRows.most(1152, 77));
    assertEquals(200_000, HeadRows.most(1152, 10_000));
    assertEquals(16_384, HeadRows.most(8192, 2));
    long few = HeadFit.heapBytes(1152, 2, 77, false, 12);
    long many = HeadFit.heapBytes(1152, 2, 1000, false, 12);
    assertTrue(few < 512L << 20, "" + few);
    long rows = 8L * 1152 * 29_127;
    assertTrue(many - few > (many - rows) * 8 / 10, many + " " + few);
    assertTrue(HeadFit.heapBytes(1152, 2, 77, false, 13) > few);
    long pairs = HeadFit.heapBytes(1152, 2, 1000, true, 12) - many;
    assertEquals(8L * 1001 * 1001 * 3 * HeadFit.FOLDS, pairs);
  }

  private static void assertRefused(Executable call, String... fragments) {
    String message = assertThrows(AdeptException.class, call).getMessage();
    for (String fragment : fragments) {
      assertTrue(message.contains(fragment), message);
    }
  }
}
