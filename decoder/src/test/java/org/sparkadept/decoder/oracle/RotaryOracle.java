package org.sparkadept.decoder.oracle;

import static org.sparkadept.decoder.oracle.OracleMath.add;
import static org.sparkadept.decoder.oracle.OracleMath.linear;
import static org.sparkadept.decoder.oracle.OracleMath.rmsNorm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;

/**
 * modeling_granite, modeling_granitemoehybrid (dense), modeling_phi3, modeling_smollm3,
 * modeling_olmo2, modeling_gemma2 and modeling_gemma3 of transformers.
 */
final class RotaryOracle implements OracleModel {
  private final JsonNode config;
  private final Map<String, double[]> weights;
  private final String type;
  private final int width;
  private final int heads;
  private final int headDim;
  private final int keyWidth;
  private final double eps;

  RotaryOracle(JsonNode config, Map<String, double[]> weights) {
    this.config = config;
    this.weights = weights;
    type = config.get("model_type").asText();
    width = config.get("hidden_size").asInt();
    heads = config.get("num_attention_heads").asInt();
    headDim = config.path("head_dim").asInt(width / heads);
    keyWidth = config.get("num_key_value_heads").asInt() * headDim;
    eps = config.get("rms_norm_eps").asDouble();
  }

  @Override
  public double[][][] states(int[] ids) {
    double[][][] states = new double[config.get("num_hidden_layers").asInt() + 1][][];
    states[0] = new double[ids.length][width];
    double scale = isGemma() ? Math.sqrt(width) : config.path("embedding_multiplier").asDouble(1);
    for (int token = 0; token < ids.length; token++) {
      for (int i = 0; i < width; i++) {
        states[0][token][i] = scale * weight("embed_tokens.weight")[ids[token] * width + i];
      }
    }
    for (int layer = 0; layer + 1 < states.length; layer++) {
      states[layer + 1] = layer(layer, states[layer]);
    }
    return states;
  }

  @Override
  public double[] finalNorm(double[] state) {
    return norm("norm", state);
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
      double[] x = hidden[token];
      if (!type.equals("olmo2")) {
        x = norm(at + "input_layernorm", x);
      }
      double[] query;
      double[] key;
      if (type.equals("phi3")) {
        double[] all = project(attention + "qkv_proj", x);
        query = Arrays.copyOfRange(all, 0, heads * headDim);
        key = Arrays.copyOfRange(all, query.length, query.length + keyWidth);
        values[token] = Arrays.copyOfRange(all, query.length + keyWidth, all.length);
      } else {
        query = project(attention + "q_proj", x);
        key = project(attention + "k_proj", x);
        values[token] = project(attention + "v_proj", x);
      }
      queries[token] = positioned(layer, query, attention + "q_norm", token);
      keys[token] = positioned(layer, key, attention + "k_norm", token);
    }
    double[][] mixed =
        OracleAttention.attend(queries, keys, values, headDim, window(layer), scale(), softCap());
    double[][] next = new double[tokens][];
    for (int token = 0; token < tokens; token++) {
      double[] attended = project(attention + "o_proj", mixed[token]);
      double[] middle;
      if (isGemma()) {
        middle = add(hidden[token], norm(at + "post_attention_layernorm", attended));
        double[] inner = mlp(at, norm(at + "pre_feedforward_layernorm", middle));
        next[token] = add(middle, norm(at + "post_feedforward_layernorm", inner));
      } else if (type.equals("olmo2")) {
        middle = add(hidden[token], norm(at + "post_attention_layernorm", attended));
        next[token] = add(middle, norm(at + "post_feedforward_layernorm", mlp(at, middle)));
      } else {
        middle = add(hidden[token], residual(attended));
        double[] inner = mlp(at, norm(at + "post_attention_layernorm", middle));
        next[token] = add(middle, residual(inner));
      }
    }
    return next;
  }

  private double[] residual(double[] added) {
    double multiplier = config.path("residual_multiplier").asDouble(1);
    return Arrays.stream(added).map(value -> multiplier * value).toArray();
  }

  private double scale() {
    if (isGemma()) {
      return Math.pow(config.get("query_pre_attn_scalar").asDouble(), -0.5);
    }
    return config.path("attention_multiplier").asDouble(1 / Math.sqrt(headDim));
  }

  private double softCap() {
    return type.equals("gemma2") ? config.get("attn_logit_softcapping").asDouble() : 0;
  }

  /** OLMo 2 norms all heads together, Gemma 3 each by itself. */
  private double[] positioned(int layer, double[] vector, String norm, int position) {
    double[] all = type.equals("olmo2") ? norm(norm, vector) : vector;
    double[] frequencies = frequencies(layer);
    double[] result = new double[vector.length];
    for (int from = 0; from < vector.length; from += headDim) {
      double[] x = Arrays.copyOfRange(all, from, from + headDim);
      if (type.equals("gemma3_text")) {
        x = norm(norm, x);
      }
      x = OracleRotary.rotate(x, frequencies, position);
      System.arraycopy(x, 0, result, from, headDim);
    }
    return result;
  }

  /** Those of a layer; none where it is told no positions. */
  private double[] frequencies(int layer) {
    double theta = config.path("rope_theta").asDouble(10_000);
    int rotated = headDim;
    switch (type) {
      case "smollm3" -> {
        if ((layer + 1) % config.get("no_rope_layer_interval").asInt() == 0) {
          return new double[0];
        }
      }
      case "gemma3_text" -> {
        if (window(layer) > 0) {
          theta = config.get("rope_local_base_freq").asDouble();
        }
      }
      case "phi3" -> rotated = (int) (headDim * config.get("partial_rotary_factor").asDouble());
      default -> {}
    }
    return OracleRotary.plainFrequencies(theta, rotated);
  }

  private int window(int layer) {
    boolean sliding =
        switch (type) {
          case "gemma2" -> layer % 2 == 0;
          case "gemma3_text" ->
              config.get("layer_types").get(layer).asText().equals("sliding_attention");
          default -> false;
        };
    return sliding ? config.get("sliding_window").asInt() : 0;
  }

  private double[] mlp(String at, double[] x) {
    double[] gate;
    double[] up;
    String down = "mlp.down_proj";
    switch (type) {
      case "phi3" -> {
        double[] both = project(at + "mlp.gate_up_proj", x);
        gate = Arrays.copyOfRange(both, 0, both.length / 2);
        up = Arrays.copyOfRange(both, both.length / 2, both.length);
      }
      case "granitemoehybrid" -> {
        double[] both = project(at + "shared_mlp.input_linear", x);
        gate = Arrays.copyOfRange(both, 0, both.length / 2);
        up = Arrays.copyOfRange(both, both.length / 2, both.length);
        down = "shared_mlp.output_linear";
      }
      default -> {
        gate = project(at + "mlp.gate_proj", x);
        up = project(at + "mlp.up_proj", x);
      }
    }
    String activation = isGemma() ? "gelu_pytorch_tanh" : "silu";
    for (int i = 0; i < up.length; i++) {
      up[i] *= OracleMath.activation(activation, gate[i]);
    }
    return project(at + down, up);
  }

  private boolean isGemma() {
    return type.startsWith("gemma");
  }

  /** Gemma multiplies with 1 + w. */
  private double[] norm(String name, double[] x) {
    double[] w = weight(name + ".weight");
    double[] scale = isGemma() ? Arrays.stream(w).map(value -> 1 + value).toArray() : w;
    return rmsNorm(scale, eps, x);
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
