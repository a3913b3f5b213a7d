package org.sparkadept.decoder.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

class CheckpointTest {
  @TempDir private Path folder;

  @Test
  void itsFilesAreThoseThatAnAnswerDependsOn() throws IOException {
    TinyCheckpoint.llama().labels("a", "b").write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(
          List.of(
              folder.resolve("config.json"),
              folder.resolve("tokenizer.json"),
              folder.resolve("model.safetensors")),
          checkpoint.files());
      assertEquals(folder.resolve("tokenizer.json"), checkpoint.requireTokenizer());
    }
  }

  @Test
  void aTokenizerIsMissedWhenItIsNeeded() throws IOException {
    TinyCheckpoint.llama().labels("a", "b").write(folder);
    Files.delete(folder.resolve("tokenizer.json"));
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertFails(checkpoint::requireTokenizer, "tokenizer.json", "download");
    }
  }

  @Test
  void whatIsNoDirectoryIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("model.safetensors"), "");
    assertFails(() -> Checkpoint.open(file), "is a file");
    Path nowhere = folder.resolve("nowhere");
    assertFails(() -> Checkpoint.open(nowhere), "nowhere");
  }
}
