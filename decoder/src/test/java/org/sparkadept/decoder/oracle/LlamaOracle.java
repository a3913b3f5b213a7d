package org.sparkadept.decoder.oracle;

import static org.sparkadept.decoder.oracle.OracleMath.add;
import static org.sparkadept.decoder.oracle.OracleMath.linear;
import static org.sparkadept.decoder.oracle.OracleMath.rmsNorm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;

/**
 * modeling_llama, modeling_mistral, modeling_qwen2 and modeling_qwen3 of transformers, which differ
 * in biases (present or not in the weights), windows, and Qwen3's norms on queries and keys.
 */
final class LlamaOracle implements OracleModel {

  private final JsonNode config;
  private final Map<String, double[]> weights;
  private final int width;
  private final int headDim;
  private final double eps;
  private final double[] inverseFrequencies;

  LlamaOracle(JsonNode config, Map<String, double[]> weights) {
    this.config = config;
    this.weights = weights;
    width = config.get("hidden_size").asInt();
    int implied = width / config.get("num_attention_heads").asInt();
    boolean qwen3 = config.get("model_type").asText().equals("qwen3");
    headDim = config.path("head_dim").asInt(qwen3 ? 128 : implied);
    eps = config.path("rms_norm_eps").asDouble(1e-6);
    inverseFrequencies = OracleRotary.inverseFrequencies(config, headDim);
  }

  @Override
  public double[][][] states(int[] ids) {
    double[][][] states = new double[config.get("num_hidden_layers").asInt() + 1][][];
    states[0] = new double[ids.length][];
    for (int token = 0; token < ids.length; token++) {
      int row = ids[token] * width;
      states[0][token] = Arrays.copyOfRange(weight("embed_tokens.weight"), row, row + width);
    }
    for (int layer = 0; layer + 1 < states.length; layer++) {
      states[layer + 1] = layer(layer, states[layer]);
    }
    return states;
  }

  @Override
  public double[] finalNorm(double[] state) {
    return rmsNorm(weight("norm.weight"), eps, state);
  }

  @Override
  public double[] plainNorm(double[] state) {
    double[] ones = new double[state.length];
    Arrays.fill(ones, 1);
    return rmsNorm(ones, eps, state);
  }

  private double[][] layer(int layer, double[][] hidden) {
    String at = "layers." + layer + ".";
    String attention = at + "self_attn.";
    int tokens = hidden.length;
    double[][] queries = new double[tokens][];
    double[][] keys = new double[tokens][];
    double[][] values = new double[tokens][];
    for (int token = 0; token < tokens; token++) {
      double[] x = rmsNorm(weight(at + "input_layernorm.weight"), eps, hidden[token]);
      queries[token] = positioned(project(attention + "q_proj", x), attention + "q_norm", token);
      keys[token] = positioned(project(attention + "k_proj", x), attention + "k_norm", token);
      values[token] = project(attention + "v_proj", x);
    }
    double[][] mixed = OracleAttention.attend(queries, keys, values, headDim, window(layer));
    double[][] next = new double[tokens][];
    for (int token = 0; token < tokens; token++) {
      double[] middle = add(hidden[token], project(attention + "o_proj", mixed[token]));
      double[] x = rmsNorm(weight(at + "post_attention_layernorm.weight"), eps, middle);
      next[token] = add(middle, mlp(at + "mlp.", x));
    }
    return next;
  }

  /** Qwen3 norms each head before it is rotated; the others have no such weight. */
  private double[] positioned(double[] vector, String norm, int position) {
    double[] result = new double[vector.length];
    for (int head = 0; head < vector.length / headDim; head++) {
      double[] x = OracleAttention.head(vector, head, headDim);
      if (weights.containsKey(norm + ".weight")) {
        x = rmsNorm(weight(norm + ".weight"), eps, x);
      }
      x = OracleRotary.rotate(x, inverseFrequencies, position);
      System.arraycopy(x, 0, result, head * headDim, headDim);
    }
    return result;
  }

  private double[] mlp(String at, double[] x) {
    double[] gate = project(at + "gate_proj", x);
    double[] up = project(at + "up_proj", x);
    for (int i = 0; i < up.length; i++) {
      up[i] *= OracleMath.activation(config.path("hidden_act").asText("silu"), gate[i]);
    }
    return project(at + "down_proj", up);
  }

  /** Mistral windows all layers; Qwen those from max_window_layers on, if switched on. */
  private int window(int layer) {
    int window = config.path("sliding_window").asInt(0);
    String type = config.get("model_type").asText();
    JsonNode layerTypes = config.path("layer_types");
    if (type.equals("llama")) {
      return 0;
    }
    if (type.equals("mistral")) {
      return window;
    }
    if (!config.path("use_sliding_window").asBoolean(false)) {
      return 0;
    }
    boolean sliding =
        layerTypes.isArray()
            ? layerTypes.get(layer).asText().equals("sliding_attention")
            : layer >= config.path("max_window_layers").asInt(28);
    return sliding ? window : 0;
  }

  private double[] project(String name, double[] x) {
    return linear(weight(name + ".weight"), weights.get(name + ".bias"), x);
  }

  private double[] weight(String name) {
    double[] weight = weights.get(name);
    if (weight == null) {
      throw new IllegalArgumentException("The checkpoint has no " + name + ".");
    }
    return weight;
  }
}
