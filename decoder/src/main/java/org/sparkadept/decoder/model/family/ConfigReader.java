package org.sparkadept.decoder.model.family;

import java.nio.file.Path;
import java.util.List;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.Activation;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * Reads Hugging Face's {@code config.json}, older and newer layouts, into a {@link ModelConfig}.
 */
public final class ConfigReader {
  private ConfigReader() {}

  /**
   * Reads a configuration; its labels are those of {@code id2label}, as written.
   *
   * @param configJson the file
   * @throws CheckpointException if it is missing or malformed, or asks for what is not supported
   */
  public static ModelConfig read(Path configJson) {
    JsonObject json = JsonObject.read(configJson);
    return read(json, Labels.asWritten(json));
  }

  /**
   * Reads a configuration with the labels that matter: configurations of plain language models name
   * labels too, but mean nothing by them.
   *
   * @param configJson the file
   * @param classificationHead whether the checkpoint has {@code score.weight}
   * @throws CheckpointException if it is missing or malformed, or asks for what is not supported
   */
  public static ModelConfig read(Path configJson, boolean classificationHead) {
    JsonObject json = JsonObject.read(configJson);
    return read(json, classificationHead ? Labels.ofHead(json) : List.of());
  }

  private static ModelConfig read(JsonObject json, List<String> labels) {
    if (json.has("quantization_config")) {
      throw json.wrong(
          "quantization_config", "is not supported; use the checkpoint in F32, F16 or BF16");
    }
    String type = json.text("model_type");
    ModelConfig config =
        switch (type) {
          case "llama", "mistral", "qwen2", "qwen3" -> LlamaFamilyConfig.read(json, type, labels);
          case "gpt2" -> Gpt2Config.read(json, labels);
          default ->
              throw json.unsupported(
                  "model_type", type, "gpt2", "llama", "mistral", "qwen2", "qwen3");
        };
    Limits.check(json, config);
    return config;
  }

  /** The activation that a key names. */
  static Activation activation(JsonObject json, String key) {
    String name = json.text(key);
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_TANH;
      case "relu" -> Activation.RELU;
      default ->
          throw json.unsupported(
              key, name, "gelu", "gelu_new", "gelu_pytorch_tanh", "relu", "silu", "swish");
    };
  }

  /** The small positive number that keeps a normalization from dividing by zero. */
  static float epsilon(JsonObject json, String key) {
    double value = json.number(key);
    if (!(value > 0 && value < 1)) {
      throw json.wrong(key, "must lie between 0 and 1, but is " + value);
    }
    return (float) value;
  }

  /** Refuses a configuration in which a key has another value than the one that is supported. */
  static void supportOnly(JsonObject json, String key, boolean supported) {
    if (json.flag(key, supported) != supported) {
      throw json.wrong(key, "is " + !supported + ", which is not supported");
    }
  }
}
