package org.sparkadept.decoder.compute.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;

class UnpackingTest {
  @TempDir Path directory;

  /** Run in a JVM of its own: the library is looked for once in a JVM's life. */
  static final class ChooseCpu {
    private ChooseCpu() {}

    public static void main(String[] args) throws IOException {
      try {
        ComputeBackends.choose(ComputeOptions.defaults().withBackend("cpu"));
      } catch (AdeptException e) {
        Files.writeString(Path.of(args[0]), e.getMessage());
        System.exit(7);
      }
    }
  }

  @Test
  void noFolderToUnpackIntoIsTold() throws Exception {
    Path blocked = Files.writeString(directory.resolve("file"), "not a folder");
    Path message = directory.resolve("message");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.bytedeco.javacpp.cachedir=" + blocked.resolve("cache"),
                "-Duser.home=" + blocked,
                "-Djava.io.tmpdir=" + blocked,
                "-cp",
                System.getProperty("java.class.path"),
                ChooseCpu.class.getName(),
                message.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    int exit = process.waitFor();
    assertEquals(7, exit, Files.readString(directory.resolve("log"), StandardCharsets.UTF_8));
    String text = Files.readString(message);
    assertTrue(text.contains("'cpu' cannot run here"), text);
    assertTrue(text.contains("-Dorg.bytedeco.javacpp.cachedir"), text);
  }
}
