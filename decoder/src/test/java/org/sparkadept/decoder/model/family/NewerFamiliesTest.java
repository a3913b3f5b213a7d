package org.sparkadept.decoder.model.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyFamilies;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.AttentionConfig.QueryKeyNorm;
import org.sparkadept.decoder.model.BlockFeature;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormConfig;
import org.sparkadept.decoder.model.RotaryConfig;
import org.sparkadept.decoder.model.RotaryScaling;

/**
 * What the settings of Granite, Phi-3, SmolLM3, OLMo 2, Gemma and ModernBERT mean, what of them is
 * refused, and which features of the block they ask for.
 */
class NewerFamiliesTest {
  @TempDir Path folder;

  @Test
  void granite() throws IOException {
    ModelConfig config = read(TinyFamilies.granite());
    assertEquals(6.5f, config.embedding().scale());
    assertEquals(0.3f, config.attention().scale());
    assertEquals(0.45f, config.residualScale());
    assertEquals(
        EnumSet.of(
            BlockFeature.EMBEDDING_SCALE,
            BlockFeature.ATTENTION_SCALE,
            BlockFeature.RESIDUAL_SCALE),
        config.features());
    assertFails(
        () -> read(TinyFamilies.granite(), json -> json.put("residual_multiplier", 0)),
        "residual_multiplier",
        "greater than 0");
  }

  @Test
  void granite4IsReadWhereItIsDenseAndOfAttention() throws IOException {
    TinyCheckpoint hybrid = TinyFamilies.graniteHybrid();
    assertEquals(37, read(hybrid).mlpWidth());
    assertNull(read(hybrid, json -> json.put("position_embedding_type", "nope")).rotary(0));
    assertNull(read(hybrid, json -> json.remove("position_embedding_type")).rotary(0));
    assertFails(
        () -> read(hybrid, json -> json.put("num_local_experts", 8)), "num_local_experts", "is 8");
    assertFails(() -> read(hybrid, json -> json.remove("num_local_experts")), "num_local_experts");
    assertFails(
        () -> read(hybrid, json -> json.withArray("/layer_types").set(1, "mamba")),
        "layer_types",
        "mamba",
        "attention");
    assertFails(() -> read(hybrid, json -> json.remove("layer_types")), "layer_types", "recurrent");
    assertFails(
        () -> read(hybrid, json -> json.withArray("/layer_types").remove(0)),
        "layer_types",
        "2 layers");
    assertFails(
        () -> read(hybrid, json -> json.put("position_embedding_type", "alibi")), "alibi", "rope");
  }

  @Test
  void phi3TurnsAPartOfEachHead() throws IOException {
    TinyCheckpoint phi = TinyFamilies.phi3();
    assertEquals(new RotaryConfig(10_000, 2, RotaryScaling.NONE), read(phi).rotary(0));
    assertEquals(EnumSet.of(BlockFeature.ROTARY_PART), read(phi).features());
    ModelConfig whole = read(phi, json -> json.remove("partial_rotary_factor"));
    assertEquals(Set.of(), whole.features());
    assertEquals(9, read(phi, json -> json.put("sliding_window", 9)).slidingWindow(2));
    assertFails(
        () -> read(phi, json -> json.put("partial_rotary_factor", 0.8)),
        "partial_rotary_factor",
        "4 elements");
    assertFails(() -> read(phi, json -> json.put("attention_bias", true)), "attention_bias");
    assertFails(
        () -> read(phi, json -> json.putObject("rope_scaling").put("type", "llama3")),
        "rope_scaling.type",
        "llama3",
        "default, longrope");
  }

  /** Longer rows would be turned otherwise; they are cut. */
  @Test
  void phi3IsReadUpToTheLengthOfItsPretraining() throws IOException {
    TinyCheckpoint phi =
        TinyFamilies.phi3()
            .config(json -> json.put("original_max_position_embeddings", 16))
            .config(
                json -> {
                  ObjectNode scaling = json.putObject("rope_scaling").put("type", "su");
                  scaling.putArray("short_factor").add(1.25);
                  scaling.putArray("long_factor").add(8);
                });
    ModelConfig config = read(phi);
    assertEquals(16, config.maxPositions());
    double amplitude = Math.sqrt(1 + Math.log(4) / Math.log(16));
    assertEquals(RotaryScaling.each(List.of(1.25), amplitude), config.rotary(1).scaling());
    assertTrue(config.features().contains(BlockFeature.ROTARY_AMPLITUDE));
    assertFails(
        () -> read(phi, json -> json.withArray("/rope_scaling/short_factor").add(1)),
        "rope_scaling.short_factor",
        "2 numbers",
        "1 frequencies");
    assertFails(
        () -> read(phi, json -> json.withArray("/rope_scaling/short_factor").set(0, 0)),
        "rope_scaling.short_factor",
        "not greater than 0");
  }

  @Test
  void smollm3SkipsPositionsInSomeLayers() throws IOException {
    TinyCheckpoint smol = TinyFamilies.smollm3().layers(8);
    assertEquals(List.of(1, 3, 5, 7), withoutRotary(read(smol)));
    assertEquals(
        List.of(3, 7), withoutRotary(read(smol, json -> json.remove("no_rope_layer_interval"))));
    assertEquals(EnumSet.of(BlockFeature.ROTARY_BY_LAYER), read(smol).features());
    ModelConfig told =
        read(TinyFamilies.smollm3(), json -> json.putArray("no_rope_layers").add(0).add(1).add(0));
    assertEquals(List.of(0, 2), withoutRotary(told));
    assertEquals(2_000_000, read(smol, json -> json.remove("rope_theta")).rotary(0).theta());
    assertFails(
        () -> read(smol, json -> json.putArray("no_rope_layers").add(1)),
        "no_rope_layers",
        "1 layers");
    assertFails(
        () -> read(TinyFamilies.smollm3(), json -> twos(json.putArray("no_rope_layers"))),
        "no_rope_layers",
        "holds 2");
  }

  private static void twos(ArrayNode array) {
    array.add(2).add(2).add(2);
  }

  @Test
  void olmo2() throws IOException {
    ModelConfig config = read(TinyFamilies.olmo2());
    assertEquals(NormConfig.Before.NONE, config.norms().before());
    assertEquals(QueryKeyNorm.ALL_HEADS, config.attention().queryKeyNorm());
    assertEquals(
        EnumSet.of(
            BlockFeature.NO_NORM_BEFORE, BlockFeature.NORM_AFTER, BlockFeature.NORM_OF_ALL_HEADS),
        config.features());
  }

  @Test
  void gemma2() throws IOException {
    TinyCheckpoint gemma = TinyFamilies.gemma2().layers(5);
    ModelConfig config = read(gemma);
    assertEquals(List.of(5, 0, 5, 0, 5), windows(config));
    assertEquals(2, config.attention().softCap());
    assertEquals((float) (1 / Math.sqrt(5)), config.attention().scale());
    assertEquals(
        50, read(gemma, json -> json.remove("attn_logit_softcapping")).attention().softCap());
    assertEquals(
        0, read(gemma, json -> json.putNull("attn_logit_softcapping")).attention().softCap());
    assertFails(
        () -> read(gemma, json -> json.put("use_bidirectional_attention", true)),
        "use_bidirectional_attention");
    assertFails(
        () -> read(gemma, json -> json.put("attn_logit_softcapping", -1)),
        "attn_logit_softcapping",
        "greater than 0");
    assertFails(
        () -> read(gemma, json -> json.putNull("query_pre_attn_scalar").put("head_dim", 7)),
        "even");
  }

  /** sqrt(3072) is 55.4256, which bfloat16 has as 55.5. */
  @ParameterizedTest
  @CsvSource({"bfloat16,55.5", "float16,55.4375", "float32,55.425625"})
  void gemmasEmbeddingIsScaledInTheFormatOfTheWeights(String dtype, float scale)
      throws IOException {
    for (String key : List.of("dtype", "torch_dtype")) {
      Consumer<ObjectNode> change =
          json -> {
            json.remove("torch_dtype");
            json.put(key, dtype).put("hidden_size", 3072);
          };
      assertEquals(scale, read(TinyFamilies.gemma2(), change).embedding().scale());
    }
  }

  @Test
  void gemma3() throws IOException {
    ModelConfig config = read(TinyFamilies.gemma3());
    assertEquals(List.of(5, 5, 0), windows(config));
    assertEquals(100, config.rotary(0).theta());
    assertEquals(10_000, config.rotary(2).theta());
    TinyCheckpoint deep = TinyFamilies.gemma3().layers(12);
    ModelConfig byRule = read(deep, json -> json.remove("layer_types"));
    assertEquals(List.of(5, 5, 5, 5, 5, 0, 5, 5, 5, 5, 5, 0), windows(byRule));
    assertEquals(1_000_000, read(deep, json -> json.remove("rope_theta")).rotary(2).theta());
    assertFails(
        () -> read(TinyFamilies.gemma3(), json -> json.put("attn_logit_softcapping", 30)),
        "attn_logit_softcapping");
    assertFails(
        () -> read(TinyFamilies.gemma3(), json -> json.put("model_type", "gemma3")),
        "model_type",
        "gemma3_text");
  }

  @Test
  void modernBert() throws IOException {
    TinyCheckpoint bert = TinyFamilies.modernBert().layers(5);
    ModelConfig config = read(bert);
    assertEquals(List.of(0, 5, 5, 0, 5), windows(config));
    assertEquals(160_000, config.rotary(3).theta());
    assertEquals(100, config.rotary(1).theta());
    assertEquals(64, read(bert, json -> json.remove("local_attention")).slidingWindow(1));
    assertEquals(
        EnumSet.of(
            BlockFeature.EMBEDDING_NORM, BlockFeature.NO_NORM_BEFORE, BlockFeature.ROTARY_BY_LAYER),
        config.features());
    assertFails(
        () -> read(bert, json -> json.putObject("rope_scaling").put("type", "linear")),
        "rope_scaling");
    assertFails(() -> read(bert, json -> json.put("local_attention", 1)), "local_attention");
  }

  @Test
  void plainBlocksAskForNothing() throws IOException {
    for (TinyCheckpoint plain :
        List.of(
            TinyCheckpoint.llama().llama3Scaling(),
            TinyCheckpoint.mistral(),
            TinyCheckpoint.qwen2(),
            TinyCheckpoint.qwen3(),
            TinyCheckpoint.gpt2())) {
      assertEquals(Set.of(), read(plain).features());
    }
  }

  private static List<Integer> withoutRotary(ModelConfig config) {
    return IntStream.range(0, config.layers())
        .filter(layer -> config.rotary(layer) == null)
        .boxed()
        .toList();
  }

  private static List<Integer> windows(ModelConfig config) {
    return IntStream.range(0, config.layers()).map(config::slidingWindow).boxed().toList();
  }

  private ModelConfig read(TinyCheckpoint checkpoint) throws IOException {
    return read(checkpoint, json -> {});
  }

  private ModelConfig read(TinyCheckpoint checkpoint, Consumer<ObjectNode> change)
      throws IOException {
    Path file = checkpoint.write(folder).resolve("config.json");
    Files.writeString(file, JsonEdit.edit(Files.readString(file), change));
    return ModelFamilies.config(JsonObject.read(file));
  }
}
