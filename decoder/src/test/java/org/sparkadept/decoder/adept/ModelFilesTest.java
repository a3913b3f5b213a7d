package org.sparkadept.decoder.adept;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyAdapter;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyGguf;

/** What a model's identity counts, and what it does not. */
class ModelFilesTest {
  @TempDir Path folder;

  private static TinyCheckpoint fitted() {
    return TinyCheckpoint.llama().labels("a", "b").adept(TinyAdept.confidence(0.5, 1, 3));
  }

  /** Another blank in JSON files, another bit in a weight: the file is still read. */
  private static void change(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (file.toString().endsWith(".json")) {
      Files.writeString(file, "\n", StandardOpenOption.APPEND);
    } else {
      bytes[bytes.length - 4] ^= 1;
      Files.write(file, bytes);
    }
  }

  private static void assertCounts(ModelSource model, Path file) throws IOException {
    String before = ModelFiles.hash(model);
    assertEquals(before, ModelFiles.hash(model));
    change(file);
    assertNotEquals(before, ModelFiles.hash(model), file.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.json",
        "tokenizer.json",
        "model.safetensors",
        "adept.json",
        "adept.safetensors"
      })
  void everyFileThatAnswersDependOnCounts(String name) throws IOException {
    ModelSource model = ModelSource.of(fitted().write(folder));
    assertCounts(model, folder.resolve(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"model-00002-of-00002.safetensors", "model.safetensors.index.json"})
  void shardsAndTheirIndexCount(String name) throws IOException {
    ModelSource model = ModelSource.of(fitted().shards(2).write(folder));
    assertCounts(model, folder.resolve(name));
  }

  @Test
  void ggufFilesAndShardsCount() throws IOException {
    TinyCheckpoint checkpoint = TinyCheckpoint.llama().withoutHead();
    Path whole = TinyGguf.of(checkpoint).write(folder.resolve("whole"));
    assertCounts(ModelSource.of(whole), whole.resolve(TinyGguf.FILE));
    Path shards = TinyGguf.of(checkpoint).writeShards(folder.resolve("shards"), 2);
    for (Path shard : ModelFiles.of(shards)) {
      assertCounts(ModelSource.of(shards), shard);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"adapter_config.json", "adapter_model.safetensors", "config.json"})
  void theFilesOfAnAdapterCount(String name) throws IOException {
    Path base = TinyCheckpoint.llama().withoutHead().write(folder.resolve("base"));
    Path adapter = TinyAdapter.of(1).labels("a", "b").write(folder.resolve("adapter"));
    ModelSource model = new ModelSource(base, Optional.of(adapter));
    assertNotEquals(ModelFiles.hash(ModelSource.of(base)), ModelFiles.hash(model));
    assertNotEquals(ModelFiles.version(ModelSource.of(base)), ModelFiles.version(model));
    assertCounts(model, adapter.resolve(name));
  }

  @Test
  void whatElseLiesThereDoesNotCount() throws IOException {
    Path base = fitted().write(folder.resolve("base"));
    String alone = ModelFiles.hash(ModelSource.of(base));
    for (String name :
        List.of("README.md", "generation_config.json", "tokenizer_config.json", "vocab.txt")) {
      Files.writeString(base.resolve(name), "{}");
      assertEquals(alone, ModelFiles.hash(ModelSource.of(base)), name);
    }
    Path backbone = TinyCheckpoint.llama().withoutHead().write(folder.resolve("backbone"));
    Path adapter = TinyAdapter.of(1).write(folder.resolve("adapter"));
    ModelSource adapted = new ModelSource(backbone, Optional.of(adapter));
    String before = ModelFiles.hash(adapted);
    for (String name : List.of("README.md", "tokenizer.json", "training_args.bin")) {
      Files.writeString(adapter.resolve(name), "{}");
      assertEquals(before, ModelFiles.hash(adapted), name);
    }
  }

  @Test
  void exitsAreFittedOnTheAdapterToo() throws IOException {
    Path base = TinyCheckpoint.llama().withoutHead().write(folder);
    TinyAdapter.of(1).write(base);
    new AdeptWriter(List.of("a", "b"), new int[] {1}, PolicyKind.NONE, 1)
        .head(1, ExitHead.Input.CLASS_TOKEN, new float[48], new float[2])
        .write(base);
    try (ModelDirectory model = ModelDirectory.open(base)) {
      assertTrue(
          model
              .adept()
              .orElseThrow()
              .fittedOn()
              .keySet()
              .containsAll(List.of("adapter_config.json", "adapter_model.safetensors")));
    }
    change(base.resolve("adapter_model.safetensors"));
    assertFails(() -> ModelDirectory.open(base), "fitted for another checkpoint", "adapter_model");
  }

  @Test
  void aFittedModelDoesNotTakeAnAdapterThatItWasNotFittedWith() throws IOException {
    Path base = fitted().write(folder.resolve("base"));
    Path adapter = TinyAdapter.of(1).write(folder.resolve("adapter"));
    ModelSource adapted = new ModelSource(base, Optional.of(adapter));
    assertFails(
        () -> ModelDirectory.open(adapted), "fitted without the adapter", "adept fit --adapter");
    ModelDirectory.openBackbone(adapted).close();
  }

  /** Files of earlier releases, which did not hash the index of shards. */
  @Test
  void theIndexOfShardsNeedNotHaveAHash() throws IOException {
    Path model = fitted().shards(2).write(folder);
    JsonEdit.edit(
        model.resolve("adept.json"),
        json -> json.withObject("/fitted_on").remove("model.safetensors.index.json"));
    ModelDirectory.open(model).close();
  }
}
