package org.sparkadept.decoder.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileHashTest {
  @TempDir Path folder;

  @Test
  void hashesAreThoseOfTheStandard() throws IOException {
    Path file = folder.resolve("file");
    Files.writeString(file, "abc");
    assertEquals(
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        FileHash.of(file));
    Files.writeString(file, "a".repeat(3_000_000));
    assertEquals(
        "sha256:2a152c894398719c0570f83fac34ac03a0f6e8e474b995c2403aa5434f7b9dd4",
        FileHash.of(file));
  }

  @Test
  void aMissingFileIsNamed() {
    assertFails(() -> FileHash.of(folder.resolve("gone")), folder.resolve("gone"));
  }
}
