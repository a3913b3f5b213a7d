package org.sparkadept.decoder.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** What Hugging Face Transformers would answer for a model directory, in double precision. */
public final class HuggingFaceOracle {

  private HuggingFaceOracle() {}

  /**
   * Logits of the {@code ForSequenceClassification} model: its head at the last token.
   *
   * @param directory a checkpoint with {@code score.weight}
   * @param ids token ids of one row, special tokens included
   * @return [labels]
   * @throws IOException if the checkpoint cannot be read
   */
  public static double[] logits(Path directory, int[] ids) throws IOException {
    Map<String, double[]> weights = OracleFiles.weights(directory);
    OracleModel model = model(OracleFiles.config(directory), weights);
    double[][][] states = model.states(ids);
    double[] last = states[states.length - 1][ids.length - 1];
    return OracleMath.linear(weights.get("score.weight"), null, model.finalNorm(last));
  }

  /**
   * The residual stream of the last token, before any final norm.
   *
   * @return [layers][width]; element e - 1 is h_e
   * @throws IOException if the checkpoint cannot be read
   */
  public static double[][] hiddenAfterEachLayer(Path directory, int[] ids) throws IOException {
    Map<String, double[]> weights = OracleFiles.weights(directory);
    double[][][] states = model(OracleFiles.config(directory), weights).states(ids);
    double[][] hidden = new double[states.length - 1][];
    for (int layer = 0; layer < hidden.length; layer++) {
      hidden[layer] = states[layer + 1][ids.length - 1];
    }
    return hidden;
  }

  /**
   * Logits of the exit head after layer {@code exitLayer}: W_e · x + b_e with x = norm(h_e) of the
   * last token, by the model's final norm; behind it, where the head has twice as many inputs, the
   * mean of the other tokens' normalized states before the layer. The checkpoint's own head stands
   * for a last layer without an exit head.
   *
   * @param exitLayer from 1
   * @return [labels]
   * @throws IOException if the checkpoint or {@code adept.safetensors} cannot be read
   */
  public static double[] exitLogits(Path directory, int[] ids, int exitLayer) throws IOException {
    Map<String, double[]> heads = OracleFiles.tensors(directory.resolve("adept.safetensors"));
    String head = "exit." + exitLayer;
    double[][] hidden = hiddenAfterEachLayer(directory, ids);
    if (exitLayer == hidden.length && !heads.containsKey(head + ".weight")) {
      return logits(directory, ids);
    }
    Map<String, double[]> weights = OracleFiles.weights(directory);
    OracleModel model = model(OracleFiles.config(directory), weights);
    double[] x = model.finalNorm(hidden[exitLayer - 1]);
    double[] bias = heads.get(head + ".bias");
    if (heads.get(head + ".weight").length == bias.length * 2 * x.length) {
      double[] both = Arrays.copyOf(x, 2 * x.length);
      double[][] before = model.states(ids)[exitLayer - 1];
      for (int t = 0; t < ids.length - 1; t++) {
        double[] normed = model.plainNorm(before[t]);
        for (int d = 0; d < x.length; d++) {
          both[x.length + d] += normed[d] / (ids.length - 1);
        }
      }
      x = both;
    }
    return OracleMath.linear(heads.get(head + ".weight"), bias, x);
  }

  /** Softmax of logits. */
  public static double[] probabilities(double[] logits) {
    double[] probabilities = logits.clone();
    OracleMath.softmax(probabilities);
    return probabilities;
  }

  static OracleModel model(JsonNode config, Map<String, double[]> weights) {
    String type = config.get("model_type").asText();
    return switch (type) {
      case "gpt2" -> new Gpt2Oracle(config, weights);
      case "llama", "mistral", "qwen2", "qwen3" -> new LlamaOracle(config, weights);
      case "granite", "granitemoehybrid", "phi3", "smollm3", "olmo2", "gemma2", "gemma3_text" ->
          new RotaryOracle(config, weights);
      case "modernbert-decoder" -> new ModernBertOracle(config, weights);
      default -> throw new IllegalArgumentException("The oracle has no model " + type + ".");
    };
  }
}
