package org.sparkadept.decoder.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyFamilies;
import org.sparkadept.decoder.fixture.TinyGguf;
import org.sparkadept.decoder.fixture.TinyTokenizer;
import org.sparkadept.decoder.fixture.WeightType;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.tensor.Matrix;

/** Files against the Hugging Face directories that they are made of. */
class GgufFormatTest {
  @TempDir Path folder;

  private void assertSameModel(TinyCheckpoint checkpoint) throws IOException {
    checkpoint.seed(TestSeed.value()).withoutHead();
    Path original = checkpoint.write(folder.resolve("original"));
    Path single = TinyGguf.of(checkpoint).write(folder.resolve("single"));
    assertSameModel(original, single);
    assertSameModel(original, TinyGguf.of(checkpoint).writeShards(folder.resolve("shards"), 3));
  }

  private static void assertSameModel(Path original, Path gguf) {
    try (ModelDirectory expected = ModelDirectory.open(original);
        ModelDirectory actual = ModelDirectory.open(gguf)) {
      assertEquals(expected.config(), actual.config());
      TensorStore stored = expected.checkpoint().tensors();
      TensorStore read = actual.checkpoint().tensors();
      assertEquals(stored.names(), read.names());
      for (String name : stored.names()) {
        assertEquals(name, read.tensor(name).name());
        assertArrayEquals(stored.tensor(name).shape(), read.tensor(name).shape(), name);
        // Gemma's norms are stored with 1 added, which costs them their last bits.
        boolean exact = !expected.config().modelType().startsWith("gemma");
        float difference = exact || !name.endsWith("norm.weight") ? 0 : 3e-7f;
        assertArrayEquals(
            stored.tensor(name).readAll(), read.tensor(name).readAll(), difference, name);
        assertEquals(stored.tensor(name).type(), read.tensor(name).type());
      }
      actual.tensors(); // all are there in the shapes that the configuration asks for
    }
  }

  @Test
  void llamaGetsItsRowsBack() throws IOException {
    assertSameModel(TinyCheckpoint.llama());
  }

  @Test
  void llamaWithBiasesAndAnOutputMatrixGetsTheirRowsBackToo() throws IOException {
    assertSameModel(TinyCheckpoint.llama().attentionBias().mlpBias().untied());
  }

  @Test
  void llamaWithHeadsOfAnotherSizeGetsItsRowsBack() throws IOException {
    assertSameModel(
        TinyCheckpoint.llama().heads(4, 2, 10).config(config -> config.put("head_dim", 10)));
  }

  @Test
  void qwen2KeepsItsRows() throws IOException {
    assertSameModel(TinyCheckpoint.qwen2());
  }

  @Test
  void qwen3KeepsItsRowsAndNorms() throws IOException {
    assertSameModel(TinyCheckpoint.qwen3());
  }

  @Test
  void graniteGetsItsRowsBackAndItsMultipliers() throws IOException {
    assertSameModel(TinyFamilies.granite().attentionBias().mlpBias());
  }

  /** Files do not say which layers have no positions: it is every fourth. */
  @Test
  void smollm3GetsItsRowsBack() throws IOException {
    assertSameModel(
        TinyFamilies.smollm3().layers(5).config(c -> c.put("no_rope_layer_interval", 4)));
  }

  @Test
  void phi3KeepsItsSharedTensors() throws IOException {
    assertSameModel(TinyFamilies.phi3());
    assertSameModel(
        TinyFamilies.phi3().config(c -> c.put("sliding_window", 7).remove("rope_scaling")));
  }

  @Test
  void phi3FindsItsFactorsInATensor() throws IOException {
    assertSameModel(
        TinyFamilies.phi3()
            .heads(4, 2, 12)
            .config(c -> c.put("original_max_position_embeddings", 40))
            .config(
                c -> {
                  ObjectNode scaling = c.putObject("rope_scaling").put("type", "longrope");
                  scaling.put("attention_factor", 1.25);
                  scaling.putArray("short_factor").add(1).add(1.5).add(2.25);
                  scaling.putArray("long_factor").add(2).add(3).add(4);
                }));
  }

  @Test
  void olmo2HasItsNormsAfter() throws IOException {
    assertSameModel(TinyFamilies.olmo2());
  }

  /** Files do not say how scores are scaled; the largest models are known by their layers. */
  @Test
  void gemmasNormsLoseTheirOne() throws IOException {
    assertSameModel(TinyFamilies.gemma2().config(c -> c.put("query_pre_attn_scalar", 8)));
    assertSameModel(
        TinyFamilies.gemma3()
            .layers(7)
            .config(c -> c.put("query_pre_attn_scalar", 8).remove("layer_types")));
    assertSameModel(
        TinyFamilies.gemma2().layers(46).config(c -> c.put("query_pre_attn_scalar", 4)));
  }

  @Test
  void graniteWithoutPositionsIsRefused() throws IOException {
    TinyGguf file = TinyGguf.of(TinyFamilies.granite().withoutHead());
    refuse(file.key("granite.rope.scaling.finetuned", false), "finetuned", "positions");
  }

  /** Heads of 8 rows: row 4 · side + i of a head is row 2 · i + side of it in the file. */
  @Test
  void quantizedRowsAreDequantizedAndPutBack() throws IOException {
    byte[] blocks = new byte[32 * 18];
    TestSeed.random().nextBytes(blocks);
    TinyGguf.of(TinyCheckpoint.llama().withoutHead().width(32).heads(4, 2, 8))
        .withoutTensor("blk.0.attn_q.weight")
        .tensor("blk.0.attn_q.weight", 2, new long[] {32, 32}, blocks)
        .write(folder);
    try (ModelDirectory model = ModelDirectory.open(folder)) {
      Matrix query = model.tensors().layer(0).query().weight();
      float[] rows = new float[20 * 32];
      query.read(7, 20, rows, 0);
      for (int row = 7; row < 27; row++) {
        int stored = row / 8 * 8 + row % 4 * 2 + row % 8 / 4;
        float[] expected = PlainBlocks.decode("Q4_0", blocks, stored * 18);
        float[] actual = Arrays.copyOfRange(rows, (row - 7) * 32, (row - 6) * 32);
        assertArrayEquals(expected, actual, "row " + row);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"F16", "BF16"})
  void halvesAreRead(String type) throws IOException {
    assertSameModel(TinyCheckpoint.llama().weightType(WeightType.valueOf(type)));
  }

  @Test
  void linearScalingIsRead() throws IOException {
    assertSameModel(TinyCheckpoint.qwen2().linearScaling(4));
  }

  @Test
  void theScalingOfLlama3IsFoundInItsFactors() throws IOException {
    assertSameModel(TinyCheckpoint.llama().heads(2, 1, 16).llama3Scaling());
  }

  @Test
  void otherFactorsAreRefused() throws IOException {
    TinyGguf file = TinyGguf.of(TinyCheckpoint.llama().withoutHead());
    file.tensor("rope_freqs.weight", 0, new long[] {2}, new byte[] {0, 0, 0, 64, 0, 0, -128, 63});
    assertFails(
        () -> Checkpoint.open(file.write(folder)), "model.gguf", "rope_freqs.weight", "Llama 3");
  }

  @Test
  void factorsOfOneChangeNothing() throws IOException {
    TinyGguf file = TinyGguf.of(TinyCheckpoint.llama().withoutHead());
    byte[] ones = {0, 0, -128, 63, 0, 0, -128, 63};
    file.tensor("rope_freqs.weight", 0, new long[] {2}, ones).write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertFalse(checkpoint.config().has("rope_scaling"));
    }
  }

  @Test
  void theFilesAreThoseThatAnAnswerDependsOn() throws IOException {
    TinyGguf.of(TinyCheckpoint.llama().withoutHead()).write(folder);
    Path file = folder.resolve(TinyGguf.FILE);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(List.of(file), checkpoint.files());
      assertEquals(file, checkpoint.requireTokenizer());
      assertTrue(checkpoint.tokenizer().made().isPresent());
    }
    Path beside = folder.resolve("tokenizer.json");
    TinyTokenizer.plain().write(beside);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertEquals(List.of(file, beside), checkpoint.files());
      assertEquals(beside, checkpoint.requireTokenizer());
      assertTrue(checkpoint.tokenizer().made().isEmpty());
    }
  }

  @Test
  void aFileWithoutATokenizerNeedsOneBesideIt() throws IOException {
    TinyGguf file = TinyGguf.of(TinyCheckpoint.llama().withoutHead());
    file.key("llama.vocab_size", 259).withoutKey("tokenizer.ggml.tokens");
    file.key("tokenizer.ggml.model", "none").write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertFails(checkpoint::requireTokenizer, "tokenizer.json does not exist");
    }
  }

  @Test
  void safetensorsBesideAreTakenFirst() throws IOException {
    TinyCheckpoint checkpoint = TinyCheckpoint.llama().withoutHead();
    TinyGguf.of(checkpoint).write(checkpoint.write(folder));
    try (Checkpoint opened = Checkpoint.open(folder)) {
      assertTrue(opened.tensors() instanceof SafetensorsStore);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "attention.sliding_window, 4096",
    "attn_logit_softcapping, 50",
    "expert_count, 8",
    "rope.dimension_sections, 3",
    "logit_scale, 2"
  })
  void whatIsNotSupportedIsRefusedByItsKey(String key, int value) throws IOException {
    TinyGguf file = TinyGguf.of(TinyCheckpoint.llama().withoutHead()).key("llama." + key, value);
    file.write(folder);
    assertFails(() -> Checkpoint.open(folder), "model.gguf: llama." + key + " is " + value);
  }

  @Test
  void otherSettingsAreRefusedByTheirKeys() throws IOException {
    refuse(file().key("general.architecture", "gemma4"), "gemma4", "llama, qwen2, qwen3");
    refuse(file().key("general.type", "mmproj"), "general.type", "mmproj");
    refuse(file().key("llama.attention.causal", false), "llama.attention.causal");
    refuse(file().key("llama.rope.scaling.type", "yarn"), "rope.scaling.type", "yarn", "linear");
    refuse(file().key("llama.rope.dimension_count", 2), "rope.dimension_count is 2", "4 elements");
    refuse(file().key("llama.attention.value_length", 8), "attention.value_length is 8");
    refuse(file().key("llama.feed_forward_length", new int[] {37, 37, 37}), "feed_forward_length");
    refuse(file().key("llama.block_count", 0), "llama.block_count must be", "but is 0");
    refuse(file().key("llama.context_length", "many"), "llama.context_length", "\"many\"");
    refuse(file().withoutKey("llama.embedding_length"), "llama.embedding_length is missing");
    refuse(file().key("llama.attention.head_count", 7), "llama.embedding_length is 24", "7 heads");
  }

  @Test
  void whatAsksForNothingIsAccepted() throws IOException {
    file()
        .key("llama.attention.sliding_window", 0)
        .key("llama.expert_count", 0)
        .key("llama.attention.causal", true)
        .key("llama.rope.scaling.type", "none")
        .key("llama.rope.scaling.factor", 8f)
        .key("llama.rope.dimension_count", 4)
        .key("llama.tensor_data_layout", "Meta AI original pth")
        .key("tokenizer.chat_template", "{{ messages }}")
        .write(folder);
    try (ModelDirectory model = ModelDirectory.open(folder)) {
      assertEquals(1, model.config().rotary(0).scaling().factor());
      assertEquals(1e-5f, model.config().norms().eps());
    }
  }

  @Test
  void tensorsOfOtherModelsAreRefused() throws IOException {
    byte[] data = new byte[24 * 4];
    long[] sizes = {24};
    refuse(file().tensor("blk.0.attn_sinks.weight", 0, sizes, data), "attn_sinks", "llama");
    refuse(file().tensor("blk.0.attn_q_norm.weight", 0, sizes, data), "attn_q_norm", "llama");
    refuse(file().tensor("cls.output.weight", 0, sizes, data), "cls.output", "Hugging Face");
  }

  @Test
  void tensorsThatDoNotFitTheKeysAreRefused() throws IOException {
    file().key("llama.feed_forward_length", 38).write(folder);
    try (ModelDirectory model = ModelDirectory.open(folder)) {
      assertFails(model::tensors, "gate_proj", "[37, 24]", "model.gguf requires [38, 24]");
    }
    file().withoutTensor("blk.1.ffn_up.weight").write(folder);
    try (ModelDirectory model = ModelDirectory.open(folder)) {
      assertFails(model::tensors, "model.gguf", "model.layers.1.mlp.up_proj.weight");
    }
  }

  @Test
  void severalModelsInADirectoryAreRefused() throws IOException {
    file().write(folder);
    Files.copy(folder.resolve(TinyGguf.FILE), folder.resolve("other.gguf"));
    assertFails(() -> Checkpoint.open(folder), folder, "model.gguf, other.gguf", "leave one");
  }

  @Test
  void missingAndForeignShardsAreNamed() throws IOException {
    Path shards = file().writeShards(folder.resolve("shards"), 3);
    Path second = shards.resolve("model-00002-of-00003.gguf");
    byte[] content = Files.readAllBytes(second);
    Files.delete(second);
    assertFails(() -> Checkpoint.open(shards), second, "download the missing shard");
    Files.copy(shards.resolve("model-00003-of-00003.gguf"), second);
    assertFails(() -> Checkpoint.open(shards), second, "split.no is 2", "shard 2");
    Files.write(second, content);
    Files.copy(second, shards.resolve("model-00002-of-00004.gguf"));
    assertFails(() -> Checkpoint.open(shards), shards, "several GGUF files");
    Path alone = Files.createDirectories(folder.resolve("alone"));
    Files.copy(shards.resolve("model-00001-of-00003.gguf"), alone.resolve("model.gguf"));
    assertFails(() -> Checkpoint.open(alone), "split.count is 3", "1 file");
  }

  private static TinyGguf file() throws IOException {
    return TinyGguf.of(TinyCheckpoint.llama().withoutHead());
  }

  private void refuse(TinyGguf file, Object... fragments) throws IOException {
    file.write(folder);
    assertFails(() -> Checkpoint.open(folder), fragments);
  }
}
