package org.sparkadept.decoder.model.family;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.tensor.DType;

/**
 * A tiny checkpoint of one of the families, as its own library would save it: width 8, two layers,
 * 11 token ids. Keys and tensors can be changed before it is written.
 */
public final class TinyModel {
  private final Map<String, Object> config = new LinkedHashMap<>();
  private final Map<String, int[]> shapes = new LinkedHashMap<>();
  private DType dtype = DType.F32;

  private TinyModel() {}

  /** Llama: 4 heads, 2 key and value heads, head size 2, MLP 12. */
  public static TinyModel llama() {
    TinyModel model = new TinyModel();
    model.config.putAll(
        Map.of(
            "model_type", "llama",
            "hidden_size", 8,
            "num_hidden_layers", 2,
            "num_attention_heads", 4,
            "num_key_value_heads", 2,
            "intermediate_size", 12,
            "vocab_size", 11,
            "max_position_embeddings", 16,
            "rms_norm_eps", 1e-5,
            "hidden_act", "silu"));
    model.tensor("model.embed_tokens.weight", 11, 8).tensor("model.norm.weight", 8);
    for (int i = 0; i < 2; i++) {
      String layer = "model.layers." + i + ".";
      model
          .tensor(layer + "input_layernorm.weight", 8)
          .tensor(layer + "self_attn.q_proj.weight", 8, 8)
          .tensor(layer + "self_attn.k_proj.weight", 4, 8)
          .tensor(layer + "self_attn.v_proj.weight", 4, 8)
          .tensor(layer + "self_attn.o_proj.weight", 8, 8)
          .tensor(layer + "post_attention_layernorm.weight", 8)
          .tensor(layer + "mlp.gate_proj.weight", 12, 8)
          .tensor(layer + "mlp.up_proj.weight", 12, 8)
          .tensor(layer + "mlp.down_proj.weight", 8, 12);
    }
    return model;
  }

  /** GPT-2: 2 heads of size 4, MLP 32. */
  public static TinyModel gpt2() {
    TinyModel model = new TinyModel();
    model.config.putAll(
        Map.of(
            "model_type", "gpt2",
            "n_embd", 8,
            "n_layer", 2,
            "n_head", 2,
            "n_positions", 16,
            "vocab_size", 11,
            "layer_norm_epsilon", 1e-5,
            "activation_function", "gelu_new"));
    model
        .tensor("transformer.wte.weight", 11, 8)
        .tensor("transformer.wpe.weight", 16, 8)
        .tensor("transformer.ln_f.weight", 8)
        .tensor("transformer.ln_f.bias", 8);
    for (int i = 0; i < 2; i++) {
      String layer = "transformer.h." + i + ".";
      model
          .tensor(layer + "ln_1.weight", 8)
          .tensor(layer + "ln_1.bias", 8)
          .tensor(layer + "attn.c_attn.weight", 8, 24)
          .tensor(layer + "attn.c_attn.bias", 24)
          .tensor(layer + "attn.c_proj.weight", 8, 8)
          .tensor(layer + "attn.c_proj.bias", 8)
          .tensor(layer + "ln_2.weight", 8)
          .tensor(layer + "ln_2.bias", 8)
          .tensor(layer + "mlp.c_fc.weight", 8, 32)
          .tensor(layer + "mlp.c_fc.bias", 32)
          .tensor(layer + "mlp.c_proj.weight", 32, 8)
          .tensor(layer + "mlp.c_proj.bias", 8);
    }
    return model;
  }

  /** Adds a classification head of three labels: red, green, blue. */
  public TinyModel withHead() {
    return config("id2label", Map.of("2", "blue", "0", "red", "1", "green"))
        .tensor("score.weight", 3, 8);
  }

  /** Sets a key of config.json. */
  public TinyModel config(String key, Object value) {
    config.put(key, value);
    return this;
  }

  /** Removes a key of config.json. */
  public TinyModel withoutConfig(String key) {
    config.remove(key);
    return this;
  }

  /** Adds a tensor, or gives it another shape. */
  public TinyModel tensor(String name, int... shape) {
    shapes.put(name, shape);
    return this;
  }

  /** Removes a tensor. */
  public TinyModel without(String name) {
    shapes.remove(name);
    return this;
  }

  /** Takes a prefix off all names that have it. */
  public TinyModel withoutPrefix(String prefix) {
    Map<String, int[]> renamed = new LinkedHashMap<>();
    for (Map.Entry<String, int[]> entry : shapes.entrySet()) {
      String name = entry.getKey();
      renamed.put(
          name.startsWith(prefix) ? name.substring(prefix.length()) : name, entry.getValue());
    }
    shapes.clear();
    shapes.putAll(renamed);
    return this;
  }

  /** Sets the number format of all tensors. */
  public TinyModel dtype(DType value) {
    dtype = value;
    return this;
  }

  /** The numbers of a tensor: small, and the same for the same name and shape. */
  public static float[] values(String name, int... shape) {
    Random random = new Random(name.hashCode());
    float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextInt(255) - 127) / 128f;
    }
    return values;
  }

  /** Writes config.json, model.safetensors and a stand-in for tokenizer.json. */
  public TinyModel write(Path folder) throws IOException {
    Files.createDirectories(folder);
    new JsonMapper().writeValue(folder.resolve("config.json").toFile(), config);
    Files.writeString(folder.resolve("tokenizer.json"), "{}");
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Map.Entry<String, int[]> entry : shapes.entrySet()) {
      int[] shape = entry.getValue();
      writer.add(entry.getKey(), dtype, values(entry.getKey(), shape), shape);
    }
    writer.write(folder.resolve("model.safetensors"));
    return this;
  }
}
