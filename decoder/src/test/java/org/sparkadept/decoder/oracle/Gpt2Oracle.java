package org.sparkadept.decoder.oracle;

import static org.sparkadept.decoder.oracle.OracleMath.add;
import static org.sparkadept.decoder.oracle.OracleMath.conv1d;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;

/** modeling_gpt2 of transformers. */
final class Gpt2Oracle implements OracleModel {

  private final JsonNode config;
  private final Map<String, double[]> weights;
  private final int width;
  private final int headDim;

  Gpt2Oracle(JsonNode config, Map<String, double[]> weights) {
    this.config = config;
    this.weights = weights;
    width = config.get("n_embd").asInt();
    headDim = width / config.get("n_head").asInt();
  }

  @Override
  public double[][][] states(int[] ids) {
    double[][][] states = new double[config.get("n_layer").asInt() + 1][ids.length][];
    for (int token = 0; token < ids.length; token++) {
      states[0][token] = add(row("wte.weight", ids[token]), row("wpe.weight", token));
    }
    for (int layer = 0; layer + 1 < states.length; layer++) {
      states[layer + 1] = layer("h." + layer + ".", states[layer]);
    }
    return states;
  }

  @Override
  public double[] finalNorm(double[] state) {
    return norm("ln_f", state);
  }

  @Override
  public double[] plainNorm(double[] state) {
    double[] ones = new double[state.length];
    Arrays.fill(ones, 1);
    return OracleMath.layerNorm(ones, new double[state.length], eps(), state);
  }

  private double[][] layer(String at, double[][] hidden) {
    int tokens = hidden.length;
    double[][] queries = new double[tokens][];
    double[][] keys = new double[tokens][];
    double[][] values = new double[tokens][];
    for (int token = 0; token < tokens; token++) {
      double[] fused = conv(at + "attn.c_attn", norm(at + "ln_1", hidden[token]));
      queries[token] = Arrays.copyOfRange(fused, 0, width);
      keys[token] = Arrays.copyOfRange(fused, width, 2 * width);
      values[token] = Arrays.copyOfRange(fused, 2 * width, 3 * width);
    }
    double[][] mixed = OracleAttention.attend(queries, keys, values, headDim, 0);
    double[][] next = new double[tokens][];
    for (int token = 0; token < tokens; token++) {
      double[] middle = add(hidden[token], conv(at + "attn.c_proj", mixed[token]));
      double[] inner = conv(at + "mlp.c_fc", norm(at + "ln_2", middle));
      for (int i = 0; i < inner.length; i++) {
        String activation = config.path("activation_function").asText("gelu_new");
        inner[i] = OracleMath.activation(activation, inner[i]);
      }
      next[token] = add(middle, conv(at + "mlp.c_proj", inner));
    }
    return next;
  }

  private double[] norm(String name, double[] x) {
    return OracleMath.layerNorm(
        weights.get(name + ".weight"), weights.get(name + ".bias"), eps(), x);
  }

  private double eps() {
    return config.path("layer_norm_epsilon").asDouble(1e-5);
  }

  private double[] conv(String name, double[] x) {
    return conv1d(weights.get(name + ".weight"), weights.get(name + ".bias"), x);
  }

  private double[] row(String name, int row) {
    return Arrays.copyOfRange(weights.get(name), row * width, (row + 1) * width);
  }
}
