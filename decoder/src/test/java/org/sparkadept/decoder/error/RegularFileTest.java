package org.sparkadept.decoder.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.adept.ModelFiles;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

/** In the place of each file of a model, a pipe that nobody writes to and a device without end. */
class RegularFileTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path directory;

  static Stream<Arguments> places() {
    return Stream.of(
            "config.json",
            "tokenizer.json",
            "model.safetensors",
            "model.safetensors.index.json",
            "adept.json",
            "adept.safetensors")
        .flatMap(name -> Stream.of(Arguments.of(name, true), Arguments.of(name, false)));
  }

  @ParameterizedTest
  @MethodSource("places")
  void isNamedInsteadOfRead(String name, boolean pipe) throws Exception {
    TinyCheckpoint.llama().adept(TinyAdept.of("adept", 0.5, 1, 2, 3)).write(directory);
    Path file = directory.resolve(name);
    Files.deleteIfExists(file);
    if (name.endsWith("index.json")) {
      Files.delete(directory.resolve("model.safetensors"));
    }
    if (pipe) {
      assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
    } else {
      Files.createSymbolicLink(file, Path.of("/dev/zero"));
    }
    AdeptException error =
        assertTimeoutPreemptively(
            SOON,
            () ->
                assertThrows(
                    AdeptException.class,
                    () -> LoadedModel.open(directory, ComputeOptions.defaults()).close()));
    String said = file + " is a pipe, a device or a socket, not a file";
    assertTrue(error.getMessage().startsWith(said), error.getMessage());
    AdeptException hashed =
        assertTimeoutPreemptively(
            SOON,
            () ->
                assertThrows(
                    AdeptException.class, () -> ModelFiles.hash(ModelSource.of(directory))));
    assertTrue(hashed.getMessage().startsWith(said), hashed.getMessage());
  }
}
