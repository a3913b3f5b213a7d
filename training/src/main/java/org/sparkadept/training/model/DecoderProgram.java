package org.sparkadept.training.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkadept.decoder.model.Activation;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.training.torch.Precision;

/** The source of the program {@code decoder.torchscript} for one model. */
final class DecoderProgram {
  /** Rows from this many tokens on are attended in pieces, which is slower for shorter ones. */
  static final int LONG_ROW = 160;

  private DecoderProgram() {}

  static String source(ModelConfig config, Precision precision, double dropout) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("compute", String.valueOf(precision.scalarType()));
    values.put("dropout", String.valueOf(dropout));
    values.put("norm", norm(config));
    values.put("eps", String.valueOf(config.norms().eps()));
    values.put("lora_scale", String.valueOf(ModelWeights.LORA_SCALE));
    values.put("heads", String.valueOf(config.heads()));
    values.put("kv_heads", String.valueOf(config.kvHeads()));
    values.put("group", String.valueOf(config.heads() / config.kvHeads()));
    values.put("head", String.valueOf(config.headDim()));
    values.put("query_scale", String.valueOf(1 / Math.sqrt(config.headDim())));
    values.put("long", String.valueOf(LONG_ROW));
    values.put("gated", config.gatedMlp() ? "True" : "False");
    values.put("activation_gate", activation(config.activation(), "halves[0]"));
    values.put("activation_plain", activation(config.activation(), "inner"));
    String source = template();
    for (Map.Entry<String, String> value : values.entrySet()) {
      source = source.replace("${" + value.getKey() + "}", value.getValue());
    }
    return source;
  }

  private static String norm(ModelConfig config) {
    return config.norms().kind() == NormKind.RMS
        ? "torch.rms_norm(x, [x.size(-1)], None, " + config.norms().eps() + ")"
        : "torch.layer_norm(x, [x.size(-1)], None, None, " + config.norms().eps() + ")";
  }

  private static String activation(Activation activation, String x) {
    return switch (activation) {
      case SILU -> "torch.silu(" + x + ")";
      case GELU -> "torch.gelu(" + x + ")";
      case GELU_TANH -> "torch.gelu(" + x + ", approximate=\"tanh\")";
      case RELU -> "torch.relu(" + x + ")";
    };
  }

  private static String template() {
    try (InputStream in = DecoderProgram.class.getResourceAsStream("decoder.torchscript")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
