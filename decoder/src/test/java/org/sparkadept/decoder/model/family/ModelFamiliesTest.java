package org.sparkadept.decoder.model.family;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.Activation;
import org.sparkadept.decoder.model.AttentionConfig.QueryKeyNorm;
import org.sparkadept.decoder.model.BiasConfig;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.decoder.model.RotaryConfig;
import org.sparkadept.decoder.model.RotaryScaling;

/** Configurations as published models have them. */
class ModelFamiliesTest {
  private static final BiasConfig NO_BIAS = new BiasConfig(false, false, false);

  @TempDir Path folder;

  @Test
  void llama2() throws IOException {
    ModelConfig config =
        read(
            """
            {"_name_or_path": "meta-llama/Llama-2-7b-hf", "architectures": ["LlamaForCausalLM"],
             "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 4096,
             "initializer_range": 0.02, "intermediate_size": 11008,
             "max_position_embeddings": 4096, "model_type": "llama", "num_attention_heads": 32,
             "num_hidden_layers": 32, "num_key_value_heads": 32, "pretraining_tp": 1,
             "rms_norm_eps": 1e-05, "rope_scaling": null, "tie_word_embeddings": false,
             "torch_dtype": "float16", "transformers_version": "4.31.0.dev0", "use_cache": true,
             "vocab_size": 32000}
            """);
    assertEquals("llama", config.modelType());
    assertEquals(32, config.layers());
    assertEquals(4096, config.width());
    assertEquals(32, config.heads());
    assertEquals(32, config.kvHeads());
    assertEquals(128, config.headDim());
    assertEquals(4096, config.queryWidth());
    assertEquals(11008, config.mlpWidth());
    assertEquals(32000, config.vocabulary());
    assertEquals(4096, config.maxPositions());
    assertEquals(NormKind.RMS, config.norms().kind());
    assertEquals(1e-5f, config.norms().eps());
    assertEquals(Activation.SILU, config.activation());
    assertTrue(config.gatedMlp());
    assertFalse(config.embedding().learnedPositions());
    assertEquals(new RotaryConfig(10_000, 128, RotaryScaling.NONE), config.rotary(0));
    assertArrayEquals(new int[32], windows(config));
    assertEquals(QueryKeyNorm.NONE, config.attention().queryKeyNorm());
    assertFalse(config.embedding().tied());
    assertEquals(List.of(), config.labels());
    assertEquals(NO_BIAS, config.biases());
  }

  @Test
  void llama32() throws IOException {
    ModelConfig config =
        read(
            """
            {"architectures": ["LlamaForCausalLM"], "attention_bias": false,
             "attention_dropout": 0.0, "eos_token_id": [128001, 128008, 128009], "head_dim": 64,
             "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 8192,
             "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama",
             "num_attention_heads": 32, "num_hidden_layers": 16, "num_key_value_heads": 8,
             "pretraining_tp": 1, "rms_norm_eps": 1e-05,
             "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
               "original_max_position_embeddings": 8192, "rope_type": "llama3"},
             "rope_theta": 500000.0, "tie_word_embeddings": true, "vocab_size": 128256}
            """);
    assertEquals(
        new RotaryConfig(500_000, 64, new RotaryScaling(RotaryScaling.Kind.LLAMA3, 32, 1, 4, 8192)),
        config.rotary(0));
    assertEquals(8, config.kvHeads());
    assertEquals(512, config.keyWidth());
    assertTrue(config.embedding().tied());
  }

  @Test
  void tinyLlama() throws IOException {
    ModelConfig config =
        read(
            """
            {"architectures": ["LlamaForCausalLM"], "hidden_act": "silu", "hidden_size": 2048,
             "intermediate_size": 5632, "max_position_embeddings": 2048, "model_type": "llama",
             "num_attention_heads": 32, "num_hidden_layers": 22, "num_key_value_heads": 4,
             "rms_norm_eps": 1e-05, "rope_scaling": null, "tie_word_embeddings": false,
             "vocab_size": 32000}
            """);
    assertEquals(4, config.kvHeads());
    assertEquals(256, config.keyWidth());
    assertEquals(10_000, config.rotary(0).theta());
  }

  @Test
  void smolLm2() throws IOException {
    ModelConfig config =
        read(
            """
            {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "hidden_act": "silu",
             "hidden_size": 576, "intermediate_size": 1536, "is_llama_config": true,
             "max_position_embeddings": 8192, "mlp_bias": false, "model_type": "llama",
             "num_attention_heads": 9, "num_hidden_layers": 30, "num_key_value_heads": 3,
             "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_interleaved": false,
             "rope_scaling": null, "rope_theta": 100000, "tie_word_embeddings": true,
             "vocab_size": 49152}
            """);
    assertEquals(64, config.headDim());
    assertEquals(100_000, config.rotary(0).theta());
    assertTrue(config.embedding().tied());
  }

  @Test
  void mistralFirstAndThirdVersion() throws IOException {
    String text =
        """
        {"architectures": ["MistralForCausalLM"], "hidden_act": "silu", "hidden_size": 4096,
         "intermediate_size": 14336, "max_position_embeddings": 32768, "model_type": "mistral",
         "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
         "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "sliding_window": 4096,
         "tie_word_embeddings": false, "vocab_size": 32000}
        """;
    assertEquals(4096, read(text).slidingWindow(0));
    assertEquals(4096, read(text).slidingWindow(31));
    assertEquals(0, read(text, json -> json.putNull("sliding_window")).slidingWindow(0));
    assertEquals(4096, read(text, json -> json.remove("sliding_window")).slidingWindow(0));
    assertEquals(NO_BIAS, read(text).biases());
  }

  @Test
  void qwen2() throws IOException {
    String text =
        """
        {"architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "hidden_act": "silu",
         "hidden_size": 896, "intermediate_size": 4864, "max_position_embeddings": 32768,
         "max_window_layers": 21, "model_type": "qwen2", "num_attention_heads": 14,
         "num_hidden_layers": 24, "num_key_value_heads": 2, "rms_norm_eps": 1e-06,
         "rope_theta": 1000000.0, "sliding_window": 32768, "tie_word_embeddings": true,
         "use_sliding_window": false, "vocab_size": 151936}
        """;
    ModelConfig config = read(text);
    assertEquals(new BiasConfig(true, false, false), config.biases());
    assertTrue(config.embedding().tied());
    assertArrayEquals(new int[24], windows(config));
    String windowed = JsonEdit.edit(text, json -> json.put("use_sliding_window", true));
    int[] sliding = windows(read(windowed));
    assertEquals(0, sliding[20]);
    assertEquals(32768, sliding[21]);
    assertEquals(32768, sliding[23]);
    assertArrayEquals(
        new int[24], windows(read(windowed, json -> json.put("max_window_layers", 28))));
  }

  @Test
  void qwen3() throws IOException {
    ModelConfig config =
        read(
            """
            {"architectures": ["Qwen3ForCausalLM"], "attention_bias": false,
             "attention_dropout": 0.0, "head_dim": 128, "hidden_act": "silu",
             "hidden_size": 1024, "intermediate_size": 3072, "max_position_embeddings": 40960,
             "max_window_layers": 28, "model_type": "qwen3", "num_attention_heads": 16,
             "num_hidden_layers": 28, "num_key_value_heads": 8, "rms_norm_eps": 1e-06,
             "rope_scaling": null, "rope_theta": 1000000, "sliding_window": null,
             "tie_word_embeddings": true, "use_sliding_window": false, "vocab_size": 151936}
            """);
    assertEquals(QueryKeyNorm.EACH_HEAD, config.attention().queryKeyNorm());
    assertEquals(128, config.headDim());
    assertEquals(2048, config.queryWidth());
    assertEquals(1024, config.keyWidth());
    assertEquals(NO_BIAS, config.biases());
  }

  @Test
  void qwen3InTheLayoutOfTransformers5() throws IOException {
    String text =
        """
        {"architectures": ["Qwen3ForSequenceClassification"], "attention_bias": true,
         "dtype": "bfloat16", "head_dim": 16, "hidden_act": "silu", "hidden_size": 64,
         "id2label": {"0": "a", "1": "b"}, "intermediate_size": 96,
         "layer_types": ["full_attention", "sliding_attention", "full_attention"],
         "max_position_embeddings": 512, "max_window_layers": 0, "model_type": "qwen3",
         "num_attention_heads": 4, "num_hidden_layers": 3, "num_key_value_heads": 2,
         "rms_norm_eps": 1e-06,
         "rope_parameters": {"rope_theta": 1000000.0, "rope_type": "linear", "factor": 2.0},
         "sliding_window": 128, "use_sliding_window": true, "vocab_size": 1000}
        """;
    ModelConfig config = read(text);
    assertEquals(new RotaryConfig(1_000_000, 16, RotaryScaling.linear(2)), config.rotary(0));
    assertArrayEquals(new int[] {0, 128, 0}, windows(config));
    assertEquals(new BiasConfig(true, true, false), config.biases());
    assertEquals(List.of("a", "b"), config.labels());
    assertFails(
        () -> read(text, json -> json.put("use_sliding_window", false)),
        "layer_types",
        "sliding_window");
    assertFails(
        () -> read(text, json -> json.withArray("/layer_types").set(1, "linear_attention")),
        "layer_types",
        "linear_attention",
        "full_attention, sliding_attention");
    assertFails(
        () -> read(text, json -> json.withArray("/layer_types").remove(0)),
        "layer_types",
        "2 layers",
        "has 3");
  }

  @Test
  void gpt2() throws IOException {
    ModelConfig config =
        read(
            """
            {"activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"],
             "attn_pdrop": 0.1, "bos_token_id": 50256, "embd_pdrop": 0.1, "eos_token_id": 50256,
             "initializer_range": 0.02, "layer_norm_epsilon": 1e-05, "model_type": "gpt2",
             "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_inner": null, "n_layer": 12,
             "n_positions": 1024, "resid_pdrop": 0.1, "summary_activation": null,
             "summary_first_dropout": 0.1, "summary_proj_to_labels": true,
             "summary_type": "cls_index", "summary_use_proj": true,
             "task_specific_params": {"text-generation": {"do_sample": true, "max_length": 50}},
             "vocab_size": 50257}
            """);
    assertEquals("gpt2", config.modelType());
    assertEquals(12, config.layers());
    assertEquals(768, config.width());
    assertEquals(64, config.headDim());
    assertEquals(12, config.kvHeads());
    assertEquals(3072, config.mlpWidth());
    assertEquals(1024, config.maxPositions());
    assertEquals(NormKind.LAYER, config.norms().kind());
    assertEquals(Activation.GELU_TANH, config.activation());
    assertFalse(config.gatedMlp());
    assertTrue(config.embedding().learnedPositions());
    assertNull(config.rotary(0));
    assertTrue(config.embedding().tied());
    assertArrayEquals(new int[12], windows(config));
    assertEquals(new BiasConfig(true, true, true), config.biases());
  }

  private static int[] windows(ModelConfig config) {
    return IntStream.range(0, config.layers()).map(config::slidingWindow).toArray();
  }

  private ModelConfig read(String text, Consumer<ObjectNode> change) throws IOException {
    return read(JsonEdit.edit(text, change));
  }

  private ModelConfig read(String text) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, text);
    return ModelFamilies.config(JsonObject.read(file));
  }
}
