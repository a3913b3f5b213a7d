package org.sparkadept.training.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.sparkadept.decoder.format.safetensors.SafetensorsFormat;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.training.tokenizer.Vocabulary;

/**
 * A Llama-type backbone with random weights, as a Hugging Face directory in half precision:
 * embeddings with deviation 0.02, matrices with 0.6 / sqrt(inputs), less by sqrt(2 layers) where a
 * matrix writes to the residual stream, norms 1.
 */
public final class InitialBackbone {
  private static final double EMBEDDING_DEVIATION = 0.02;
  private static final double GAIN = 0.6;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ModelShape shape;
  private final Random random;
  private final SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");

  private InitialBackbone(ModelShape shape, long seed) {
    this.shape = shape;
    this.random = new Random(seed);
  }

  /**
   * Writes configuration and weights beside a tokenizer.
   *
   * @param directory an existing folder
   * @param seed the same seed gives the same weights on every machine
   * @throws IOException if the configuration cannot be written
   */
  public static void write(Path directory, ModelShape shape, long seed) throws IOException {
    new InitialBackbone(shape, seed).write(directory);
  }

  private void write(Path directory) throws IOException {
    int width = shape.width();
    int queries = shape.queryHeads() * shape.headWidth();
    int keys = shape.keyValueHeads() * shape.headWidth();
    matrix("model.embed_tokens.weight", EMBEDDING_DEVIATION, shape.vocabulary(), width);
    double residual = 1 / Math.sqrt(2.0 * shape.layers());
    for (int layer = 0; layer < shape.layers(); layer++) {
      String at = "model.layers." + layer + ".";
      norm(at + "input_layernorm.weight");
      projection(at + "self_attn.q_proj.weight", 1, queries, width);
      projection(at + "self_attn.k_proj.weight", 1, keys, width);
      projection(at + "self_attn.v_proj.weight", 1, keys, width);
      projection(at + "self_attn.o_proj.weight", residual, width, queries);
      norm(at + "post_attention_layernorm.weight");
      projection(at + "mlp.gate_proj.weight", 1, shape.intermediate(), width);
      projection(at + "mlp.up_proj.weight", 1, shape.intermediate(), width);
      projection(at + "mlp.down_proj.weight", residual, width, shape.intermediate());
    }
    norm("model.norm.weight");
    writer.write(directory.resolve(SafetensorsFormat.WEIGHTS_FILE));
    Files.write(
        directory.resolve(SafetensorsFormat.CONFIG_FILE),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config()));
  }

  private void projection(String name, double share, int outputs, int inputs) {
    matrix(name, share * GAIN / Math.sqrt(inputs), outputs, inputs);
  }

  private void matrix(String name, double deviation, int rows, int cols) {
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    writer.add(name, DType.F16, values, rows, cols);
  }

  private void norm(String name) {
    float[] ones = new float[shape.width()];
    Arrays.fill(ones, 1);
    writer.add(name, DType.F16, ones, ones.length);
  }

  private ObjectNode config() {
    ObjectNode config = JSON.createObjectNode();
    config.putArray("architectures").add("LlamaModel");
    config.put("model_type", "llama");
    config.put("attention_bias", false);
    config.put("attention_dropout", 0.0);
    config.putNull("bos_token_id");
    config.putNull("eos_token_id");
    config.put("pad_token_id", Vocabulary.PAD_ID);
    config.put("head_dim", shape.headWidth());
    config.put("hidden_act", "silu");
    config.put("hidden_size", shape.width());
    config.put("initializer_range", EMBEDDING_DEVIATION);
    config.put("intermediate_size", shape.intermediate());
    config.put("max_position_embeddings", shape.maxPositions());
    config.put("mlp_bias", false);
    config.put("num_attention_heads", shape.queryHeads());
    config.put("num_hidden_layers", shape.layers());
    config.put("num_key_value_heads", shape.keyValueHeads());
    config.put("pretraining_tp", 1);
    config.put("rms_norm_eps", 1e-5);
    config.putNull("rope_scaling");
    config.put("rope_theta", 10_000.0);
    config.put("tie_word_embeddings", true);
    config.put("torch_dtype", "float16");
    config.put("use_cache", false);
    config.put("vocab_size", shape.vocabulary());
    return config;
  }
}
