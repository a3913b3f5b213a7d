package org.sparkadept.decoder.adept;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.model.family.TinyModel;

class ModelDirectoryTest {
  @TempDir Path folder;

  @Test
  void aPlainLanguageModelOpensWithoutLabels() throws IOException {
    TinyModel.llama()
        .config("id2label", Map.of("0", "LABEL_0", "1", "LABEL_1"))
        .config("problem_type", "regression")
        .write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertEquals(List.of(), directory.config().labels());
      assertEquals(Optional.empty(), directory.adept());
      assertEquals(folder, directory.path());
      assertEquals(folder.resolve("tokenizer.json"), directory.checkpoint().tokenizerFile());
      assertTrue(directory.checkpoint().tensors().has("model.norm.weight"));
    }
  }

  @Test
  void aClassificationHeadBringsItsLabels() throws IOException {
    TinyModel.llama().withHead().write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertEquals(List.of("red", "green", "blue"), directory.config().labels());
    }
  }

  @Test
  void aHeadOfAnotherSizeThanItsLabelsIsTold() throws IOException {
    TinyModel.llama().withHead().tensor("score.weight", 4, 8).write(folder);
    assertFails(
        () -> ModelDirectory.open(folder),
        folder.resolve("config.json"),
        "3 labels",
        "score.weight has 4 rows");
    TinyModel.llama().withHead().tensor("score.weight").write(folder);
    assertFails(() -> ModelDirectory.open(folder), folder, "score.weight", "[]");
  }

  @Test
  void aHeadOfAnotherKindIsTold() throws IOException {
    TinyModel.llama().withHead().config("problem_type", "regression").write(folder);
    assertFails(
        () -> ModelDirectory.open(folder),
        folder.resolve("config.json"),
        "problem_type",
        "regression");
  }

  @Test
  void aHeadOfSeveralLabelsHasThresholdsOfOneHalf() throws IOException {
    TinyModel.llama().withHead().config("problem_type", "multi_label_classification").write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertTrue(directory.rule().isMultiLabel());
      assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f}, directory.rule().thresholds());
    }
    TinyModel.llama().withHead().write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertFalse(directory.rule().isMultiLabel());
    }
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    Path gone = folder.resolve("gone");
    assertFails(() -> ModelDirectory.open(gone), gone, "does not exist");
    TinyModel.llama().write(folder);
    Path weights = folder.resolve("model.safetensors");
    assertFails(() -> ModelDirectory.open(weights), weights, "is a file");
    Files.delete(folder.resolve("tokenizer.json"));
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertFails(
          directory.checkpoint()::requireTokenizer,
          folder.resolve("tokenizer.json"),
          "does not exist");
    }
    Files.delete(folder.resolve("config.json"));
    assertFails(() -> ModelDirectory.open(folder), folder.resolve("config.json"), "not exist");
  }
}
