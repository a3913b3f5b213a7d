package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.sparkadept.decoder.error.AdeptException;

class FitMemoryTest {
  private static final long GIB = 1L << 30;

  @Test
  void tooLittleIsRefusedWithFiguresAndOptions() {
    FitMemory memory = new FitMemory(2 * GIB, GIB);
    assertDoesNotThrow(() -> memory.requireHeap(2 * GIB));
    assertDoesNotThrow(() -> memory.requireMachine(4 * GIB, 4 * GIB));
    assertRefused(
        () -> memory.requireHeap(GIB / 2), "1024 MiB", "512 MiB", "--driver-memory 1024m");
    assertRefused(() -> memory.requireMachine(GIB, 2 * GIB), "2048 MiB", "--master local[1]");
  }

  private static void assertRefused(Executable call, String... fragments) {
    String message = assertThrows(AdeptException.class, call).getMessage();
    for (String fragment : fragments) {
      assertTrue(message.contains(fragment), message);
    }
  }
}
