package org.sparkadept.decoder.model.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.Activation;
import org.sparkadept.decoder.model.BiasConfig;
import org.sparkadept.decoder.model.ModelConfig;

/** What absent keys mean, and configurations that are refused. */
class ConfigRulesTest {
  @TempDir Path folder;

  @Test
  void absentKeysMeanWhatTheyMeanInTransformers() throws IOException {
    TinyModel.llama().withoutConfig("num_key_value_heads").write(folder);
    ModelConfig config = ModelFamilies.config(JsonObject.read(folder.resolve("config.json")));
    assertEquals(4, config.kvHeads());
    assertEquals(2, config.headDim());
    assertEquals(10_000, config.rotary(0).theta());
  }

  @Test
  void llamaBiasesAreThoseOfTheirTwoKeys() throws IOException {
    assertEquals(
        new BiasConfig(true, true, false),
        read(TinyModel.llama().config("attention_bias", true)).biases());
    assertEquals(
        new BiasConfig(false, false, true),
        read(TinyModel.llama().config("mlp_bias", true)).biases());
  }

  @ParameterizedTest
  @CsvSource({
    "silu, SILU",
    "swish, SILU",
    "gelu, GELU",
    "gelu_new, GELU_TANH",
    "gelu_pytorch_tanh, GELU_TANH",
    "relu, RELU"
  })
  void activationsAreKnownByName(String name, Activation activation) throws IOException {
    assertEquals(activation, read(TinyModel.llama().config("hidden_act", name)).activation());
    assertEquals(
        activation, read(TinyModel.gpt2().config("activation_function", name)).activation());
  }

  @Test
  void anUnknownActivationOrFamilyListsTheKnown() {
    assertFails(
        () -> read(TinyModel.llama().config("hidden_act", "quick_gelu")),
        folder.resolve("config.json"),
        "hidden_act",
        "quick_gelu",
        "silu");
    assertFails(
        () -> read(TinyModel.llama().config("model_type", "mamba")),
        folder.resolve("config.json"),
        "\"model_type\" is \"mamba\"",
        "gemma2, gemma3_text, gpt2, granite, granitemoehybrid, llama, mistral,");
    assertFails(() -> read(TinyModel.llama().withoutConfig("model_type")), "model_type");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
        "vocab_size", "max_position_embeddings", "rms_norm_eps", "hidden_act"
      })
  void whatLlamaNeedsIsNamedWhenItIsAbsentOrMistyped(String key) {
    assertFails(
        () -> read(TinyModel.llama().withoutConfig(key)),
        folder.resolve("config.json"),
        "\"" + key + "\" is missing");
    assertFails(() -> read(TinyModel.llama().config(key, true)), "\"" + key + "\" must be");
    assertFails(() -> read(TinyModel.llama().config(key, -1)), "\"" + key + "\" must");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n_embd",
        "n_layer",
        "n_head",
        "n_positions",
        "vocab_size",
        "layer_norm_epsilon",
        "activation_function"
      })
  void whatGpt2NeedsIsNamedWhenItIsAbsentOrMistyped(String key) {
    assertFails(
        () -> read(TinyModel.gpt2().withoutConfig(key)),
        folder.resolve("config.json"),
        "\"" + key + "\" is missing");
    assertFails(() -> read(TinyModel.gpt2().config(key, List.of())), "\"" + key + "\" must be");
  }

  @ParameterizedTest
  @CsvSource({
    "scale_attn_by_inverse_layer_idx, true",
    "reorder_and_upcast_attn, true",
    "scale_attn_weights, false",
    "add_cross_attention, true"
  })
  void variantsOfGpt2AreRefused(String key, boolean value) throws IOException {
    assertFails(
        () -> read(TinyModel.gpt2().config(key, value)), "\"" + key + "\" is " + value, "support");
    assertEquals(2, read(TinyModel.gpt2().config(key, !value)).layers());
  }

  @Test
  void otherVariantsAreRefused() {
    assertFails(
        () -> read(TinyModel.llama().config("partial_rotary_factor", 0.5)),
        "partial_rotary_factor",
        "0.5");
    assertFails(
        () -> read(TinyModel.llama().config("is_causal", false)), "is_causal", "not supported");
    assertFails(
        () -> read(TinyModel.llama().config("quantization_config", Map.of("bits", 4))),
        "quantization_config",
        "F32, F16 or BF16");
  }

  @Test
  void sizesThatDoNotFitEachOtherAreRefused() {
    assertFails(
        () -> read(TinyModel.llama().config("num_key_value_heads", 3)),
        folder.resolve("config.json"),
        "4 attention heads",
        "3 key and value heads");
    assertFails(
        () -> read(TinyModel.llama().config("hidden_size", 9)), "hidden_size", "4 attention heads");
    assertFails(() -> read(TinyModel.llama().config("head_dim", 3)), "even size", "3");
    assertFails(() -> read(TinyModel.gpt2().config("n_head", 3)), "n_embd", "3 heads");
  }

  @Test
  void sizesThatWouldOverflowAreRefused() {
    assertFails(
        () -> read(TinyModel.llama().config("hidden_size", Integer.MAX_VALUE)), "hidden_size");
    assertFails(
        () -> read(TinyModel.llama().config("num_hidden_layers", 1 << 20)), "num_hidden_layers");
    assertFails(
        () ->
            read(
                TinyModel.llama()
                    .config("hidden_size", 1 << 15)
                    .config("intermediate_size", 1 << 20)),
        "more elements",
        "[1048576, 32768]");
    assertFails(
        () ->
            read(
                TinyModel.llama()
                    .config("hidden_size", 1 << 17)
                    .config("num_attention_heads", 1 << 12)
                    .config("head_dim", 1 << 12)),
        "more elements");
  }

  private ModelConfig read(TinyModel model) throws IOException {
    model.write(folder);
    return ModelFamilies.config(JsonObject.read(folder.resolve("config.json")));
  }
}
