package org.sparkadept.decoder.model.family;

import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.Activation;
import org.sparkadept.decoder.tensor.HalfPrecision;

/** Values of {@code config.json} that several families have. */
public final class ConfigValues {
  private ConfigValues() {}

  /** The activation that a key names. */
  public static Activation activation(JsonObject json, String key) {
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
  public static float epsilon(JsonObject json, String key) {
    double value = json.number(key);
    if (!(value > 0 && value < 1)) {
      throw json.wrong(key, "must lie between 0 and 1, but is " + value);
    }
    return (float) value;
  }

  /**
   * A number in the format that the weights are saved in, as {@code dtype} or {@code torch_dtype}
   * says: Transformers computes some constants in it.
   */
  public static float rounded(JsonObject json, double value) {
    String key = json.has("dtype") ? "dtype" : "torch_dtype";
    String type = json.has(key) ? json.text(key) : "float32";
    return switch (type) {
      case "bfloat16" -> HalfPrecision.fromBf16(HalfPrecision.toBf16((float) value));
      case "float16" -> HalfPrecision.fromF16(HalfPrecision.toF16((float) value));
      default -> (float) value;
    };
  }

  /** Refuses a configuration in which a key has another value than the one that is supported. */
  public static void supportOnly(JsonObject json, String key, boolean supported) {
    if (json.flag(key, supported) != supported) {
      throw json.wrong(key, "is " + !supported + ", which is not supported");
    }
  }
}
