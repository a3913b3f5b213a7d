package org.sparkadept.decoder.format.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.tensor.DType;

class SafetensorsStoreTest {
  private static final String INDEX = "model.safetensors.index.json";
  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";

  @TempDir Path folder;

  @Test
  void theSingleFileIsOpened() throws IOException {
    Path file = write("model.safetensors", "a", 1);
    try (SafetensorsStore checkpoint = SafetensorsStore.open(folder)) {
      assertEquals(List.of(file), checkpoint.files());
      assertArrayEquals(new float[] {1}, checkpoint.tensor("a").readAll());
    }
  }

  @Test
  void shardsAreOpenedThroughTheIndex() throws IOException {
    writeShards();
    try (SafetensorsStore checkpoint = SafetensorsStore.open(folder)) {
      Path index = folder.resolve("model.safetensors.index.json");
      assertEquals(
          List.of(folder.resolve(SECOND), folder.resolve(FIRST), index), checkpoint.files());
      assertEquals(Set.of("a", "b"), checkpoint.names());
      assertArrayEquals(new float[] {1}, checkpoint.tensor("a").readAll());
      assertArrayEquals(new float[] {2}, checkpoint.tensor("b").readAll());
    }
  }

  @Test
  void linksIntoABlobStoreAreFollowed() throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("blobs"));
    Path snapshot = Files.createDirectories(folder.resolve("snapshots/main"));
    Files.move(write("model.safetensors", "a", 1), blobs.resolve("0a1b"));
    Path target = Path.of("../../blobs/0a1b");
    Files.createSymbolicLink(snapshot.resolve("model.safetensors"), target);
    try (SafetensorsStore checkpoint = SafetensorsStore.open(snapshot)) {
      assertArrayEquals(new float[] {1}, checkpoint.tensor("a").readAll());
    }
    Files.delete(snapshot.resolve("model.safetensors"));
    Files.createSymbolicLink(snapshot.resolve(FIRST), target);
    Files.writeString(snapshot.resolve(INDEX), "{\"weight_map\":{\"a\":\"" + FIRST + "\"}}");
    try (SafetensorsStore checkpoint = SafetensorsStore.open(snapshot)) {
      assertArrayEquals(new float[] {1}, checkpoint.tensor("a").readAll());
    }
    Files.delete(blobs.resolve("0a1b"));
    assertFails(() -> SafetensorsStore.open(snapshot), FIRST, INDEX, "leads nowhere");
    Files.createSymbolicLink(snapshot.resolve("model.safetensors"), target);
    assertFails(() -> SafetensorsStore.open(snapshot), "model.safetensors", "symbolic link");
  }

  @Test
  void anAbsentTensorIsNamedWithSimilarNames() throws IOException {
    new SafetensorsWriter()
        .add("model.layers.0.self_attn.q_proj.weight", DType.F32, new float[1], 1)
        .add("model.layers.0.self_attn.k_proj.weight", DType.F32, new float[1], 1)
        .add("something else", DType.F32, new float[1], 1)
        .write(folder.resolve("model.safetensors"));
    try (SafetensorsStore checkpoint = SafetensorsStore.open(folder)) {
      assertFalse(checkpoint.has("layers.0.self_attn.q_proj.weight"));
      CheckpointException failure =
          assertFails(
              () -> checkpoint.tensor("layers.0.self_attn.q_proj.weight"),
              folder,
              "\"layers.0.self_attn.q_proj.weight\"",
              "model.layers.0.self_attn.q_proj.weight, model.layers.0.self_attn.k_proj.weight");
      assertFalse(failure.getMessage().contains("something else"));
      CheckpointException alone = assertFails(() -> checkpoint.tensor("x"), "\"x\"");
      assertFalse(alone.getMessage().contains("similar"));
    }
  }

  @Test
  void aMissingFolderAndAFolderWithoutWeightsAreNamed() throws IOException {
    Path gone = folder.resolve("gone");
    assertFails(() -> Checkpoint.open(gone), gone, "does not exist");
    assertFails(() -> SafetensorsStore.open(folder), folder, "model.safetensors", "index.json");
    Path file = Files.createFile(folder.resolve("pytorch_model.bin"));
    assertFails(() -> SafetensorsStore.open(folder), folder, "pytorch_model.bin", "safetensors");
    assertFails(() -> Checkpoint.open(file), file, "is a file");
  }

  @Test
  void anAbsentShardIsNamed() throws IOException {
    writeShards();
    Files.delete(folder.resolve(FIRST));
    assertFails(() -> SafetensorsStore.open(folder), folder.resolve(FIRST), INDEX, "download");
  }

  @Test
  void aTensorAbsentInItsShardIsNamed() throws IOException {
    writeShards();
    write(FIRST, "c", 1);
    assertFails(() -> SafetensorsStore.open(folder), INDEX, "\"a\"", folder.resolve(FIRST));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside.safetensors",
        "/outside.safetensors",
        "sub/shard.safetensors",
        "..",
        ".",
        "",
        "sub\\\\shard.safetensors",
        "C:shard.safetensors",
        "shard\\u0000.safetensors"
      })
  void anIndexThatLeadsOutOfItsFolderIsRefused(String shard) throws IOException {
    Path index = folder.resolve(INDEX);
    Files.writeString(index, "{\"weight_map\":{\"a\":\"" + shard + "\"}}");
    assertFails(() -> SafetensorsStore.open(folder), index, "weight_map", "not a plain file name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "{\"weight_map\":[]}",
        "{\"weight_map\":{}}",
        "{\"weight_map\":{\"a\":7}}",
        "{\"weight_map\":{\"a\":\"x\",\"a\":\"y\"}}",
        "{\"weight_map\":{\"a\":\"x\"",
        "{\"weight_map\":{\"a\":\"x\"}} more"
      })
  void aMalformedIndexIsRefused(String text) throws IOException {
    Path index = folder.resolve(INDEX);
    Files.writeString(index, text);
    assertFails(() -> SafetensorsStore.open(folder), index);
  }

  @Test
  void aDamagedShardIsNamed() throws IOException {
    writeShards();
    Path shard = folder.resolve(FIRST);
    byte[] bytes = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(bytes, bytes.length - 1));
    assertFails(() -> SafetensorsStore.open(folder), shard, "is truncated", bytes.length);
  }

  private void writeShards() throws IOException {
    write(FIRST, "a", 1);
    write(SECOND, "b", 2);
    Files.writeString(
        folder.resolve(INDEX),
        String.format(
            "{\"metadata\":{\"total_size\":8},\"weight_map\":{\"b\":\"%s\",\"a\":\"%s\"}}",
            SECOND, FIRST));
  }

  private Path write(String name, String tensor, float value) {
    Path file = folder.resolve(name);
    new SafetensorsWriter().add(tensor, DType.F32, new float[] {value}, 1).write(file);
    return file;
  }
}
