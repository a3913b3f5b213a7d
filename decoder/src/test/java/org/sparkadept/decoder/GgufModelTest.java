package org.sparkadept.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelFiles;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyGguf;
import org.sparkadept.decoder.format.FileHash;
import org.sparkadept.decoder.result.Classifications;

/** A fitted model whose checkpoint is a GGUF file, against the same as a Hugging Face directory. */
class GgufModelTest {
  @TempDir Path folder;

  private TinyCheckpoint checkpoint(String type) {
    TinyCheckpoint checkpoint =
        switch (type) {
          case "llama" -> TinyCheckpoint.llama();
          case "qwen2" -> TinyCheckpoint.qwen2();
          default -> TinyCheckpoint.qwen3();
        };
    TinyAdept exits = TinyAdept.confidence(0.6, 1, 3).withLabels("a", "b", "c");
    return checkpoint.withoutHead().seed(TestSeed.value()).adept(exits);
  }

  /** The GGUF file with the exit heads that were written for the original. */
  private Path gguf(TinyCheckpoint checkpoint, Path original) throws IOException {
    Path model = TinyGguf.of(checkpoint).write(folder.resolve("gguf"));
    Files.copy(original.resolve("adept.safetensors"), model.resolve("adept.safetensors"));
    Path json = Files.copy(original.resolve("adept.json"), model.resolve("adept.json"));
    JsonEdit.edit(json, root -> root.set("fitted_on", fittedOn(model.resolve(TinyGguf.FILE))));
    return model;
  }

  private static ObjectNode fittedOn(Path file) {
    ObjectNode hashes = new ObjectMapper().createObjectNode();
    return hashes.put(file.getFileName().toString(), FileHash.of(file));
  }

  private static byte[][] texts() {
    Random random = TestSeed.random();
    byte[][] texts = new byte[40][];
    for (int i = 0; i < texts.length; i++) {
      StringBuilder text = new StringBuilder("the ");
      for (int c = random.nextInt(50); c > 0; c--) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      texts[i] = text.toString().getBytes(StandardCharsets.UTF_8);
    }
    return texts;
  }

  private static Classifications classify(Path model, byte[][] texts) {
    ComputeOptions reference = ComputeOptions.defaults().withBackend("reference");
    ClassifierOptions full = ClassifierOptions.defaults().withPolicy(PolicyKind.NONE, Float.NaN);
    try (LoadedModel loaded = LoadedModel.open(model, reference)) {
      return loaded.classifier(full).classify(texts);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen2", "qwen3"})
  void answersAreThoseOfTheHuggingFaceDirectoryBitForBit(String type) throws IOException {
    TinyCheckpoint checkpoint = checkpoint(type);
    Path original = checkpoint.write(folder.resolve("original"));
    byte[][] texts = texts();
    Classifications expected = classify(original, texts);
    Classifications actual = classify(gguf(checkpoint, original), texts);
    for (int row = 0; row < texts.length; row++) {
      assertEquals(expected.label(row), actual.label(row));
      assertEquals(expected.score(row), actual.score(row));
    }
  }

  @Test
  void exitsBelongToTheFileThatTheyWereFittedOn() throws IOException {
    TinyCheckpoint checkpoint = checkpoint("llama");
    Path model = gguf(checkpoint, checkpoint.write(folder.resolve("original")));
    TinyGguf.of(checkpoint.seed(TestSeed.value() + 1)).write(model);
    assertFails(() -> ModelDirectory.open(model), "fitted for another checkpoint", "model.gguf");
  }

  @Test
  void whatIsFittedNamesTheFileOnce() throws IOException {
    TinyCheckpoint checkpoint = checkpoint("llama");
    Path model = TinyGguf.of(checkpoint).write(folder);
    new AdeptWriter(List.of("a", "b"), new int[] {1}, PolicyKind.NONE, Float.NaN)
        .head(1, ExitHead.Input.CLASS_TOKEN, new float[48], new float[2])
        .write(model);
    String hash = FileHash.of(model.resolve(TinyGguf.FILE));
    try (ModelDirectory directory = ModelDirectory.open(model)) {
      assertEquals(Map.of("model.gguf", hash), directory.adept().orElseThrow().fittedOn());
    }
  }

  @Test
  void theFileIsPartOfTheModelsIdentity() throws IOException {
    TinyCheckpoint checkpoint = TinyCheckpoint.llama().withoutHead();
    Path model = TinyGguf.of(checkpoint).write(folder);
    assertTrue(ModelFiles.isModelFile("model.gguf"));
    assertEquals(List.of(model.resolve("model.gguf")), ModelFiles.of(model));
    String before = ModelFiles.hash(ModelSource.of(model));
    TinyGguf.of(checkpoint.seed(2)).write(model);
    assertNotEquals(before, ModelFiles.hash(ModelSource.of(model)));
  }
}
