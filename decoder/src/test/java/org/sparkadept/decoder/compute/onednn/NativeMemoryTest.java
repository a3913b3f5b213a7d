package org.sparkadept.decoder.compute.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.compute.ComputeOptions;

/** Memory for weights is not bounded by the heap, whichever class is the first to be used. */
class NativeMemoryTest {
  @TempDir Path directory;

  /** Run in a JVM of its own: JavaCPP reads its bounds once in a JVM's life. */
  static final class FirstUse {
    private FirstUse() {}

    public static void main(String[] args) throws IOException {
      switch (args[0]) {
        case "backend" -> new OneDnnBackend().unavailable(ComputeOptions.defaults());
        case "scope" -> new NativeScope().floats(1);
        default -> new GrowingFloats().atLeast(1);
      }
      String bounds = Pointer.maxBytes() + " " + Pointer.maxPhysicalBytes();
      Files.writeString(Path.of(args[1]), bounds);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"backend", "scope", "scratch"})
  void isNotBoundedByTheHeap(String first) throws Exception {
    Path bounds = directory.resolve("bounds");
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                FirstUse.class.getName(),
                first,
                bounds.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertEquals(0, process.waitFor(), Files.readString(log));
    assertEquals("0 0", Files.readString(bounds));
  }
}
