package org.sparkadept.decoder.oracle;

import static org.sparkadept.decoder.oracle.OracleMath.add;
import static org.sparkadept.decoder.oracle.OracleMath.linear;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;

/** modeling_modernbert_decoder of transformers. */
final class ModernBertOracle implements OracleModel {
  private final JsonNode config;
  private final Map<String, double[]> weights;
  private final int width;
  private final int headDim;
  private final double eps;

  ModernBertOracle(JsonNode config, Map<String, double[]> weights) {
    this.config = config;
    this.weights = weights;
    width = config.get("hidden_size").asInt();
    int implied = width / config.get("num_attention_heads").asInt();
    headDim = config.path("head_dim").asInt(implied);
    eps = config.get("norm_eps").asDouble();
  }

  @Override
  public double[][][] states(int[] ids) {
    double[][][] states = new double[config.get("num_hidden_layers").asInt() + 1][ids.length][];
    for (int token = 0; token < ids.length; token++) {
      int from = ids[token] * width;
      double[] table = weights.get("embeddings.tok_embeddings.weight");
      states[0][token] = norm("embeddings.norm", Arrays.copyOfRange(table, from, from + width));
    }
    for (int layer = 0; layer + 1 < states.length; layer++) {
      states[layer + 1] = layer(layer, states[layer]);
    }
    return states;
  }

  @Override
  public double[] finalNorm(double[] state) {
    return norm("final_norm", state);
  }

  @Override
  public double[] plainNorm(double[] state) {
    double[] ones = new double[width];
    Arrays.fill(ones, 1);
    return OracleMath.layerNorm(ones, new double[width], eps, state);
  }

  private double[][] layer(int layer, double[][] hidden) {
    String at = "layers." + layer + ".";
    boolean global = layer % 3 == 0;
    double theta = global ? 160_000 : config.get("local_rope_theta").asDouble();
    double[] frequencies = OracleRotary.plainFrequencies(theta, headDim);
    int tokens = hidden.length;
    double[][] queries = new double[tokens][];
    double[][] keys = new double[tokens][];
    double[][] values = new double[tokens][];
    for (int token = 0; token < tokens; token++) {
      double[] x = layer == 0 ? hidden[token] : norm(at + "attn_norm", hidden[token]);
      queries[token] = rotated(project(at + "attn.q_proj", x), frequencies, token);
      keys[token] = rotated(project(at + "attn.k_proj", x), frequencies, token);
      values[token] = project(at + "attn.v_proj", x);
    }
    int window = global ? 0 : config.get("local_attention").asInt() / 2;
    double[][] mixed = OracleAttention.attend(queries, keys, values, headDim, window);
    double[][] next = new double[tokens][];
    for (int token = 0; token < tokens; token++) {
      double[] middle = add(hidden[token], project(at + "attn.Wo", mixed[token]));
      double[] both = project(at + "mlp.Wi", norm(at + "mlp_norm", middle));
      double[] inner = new double[both.length / 2];
      for (int i = 0; i < inner.length; i++) {
        inner[i] = OracleMath.activation("gelu", both[i]) * both[inner.length + i];
      }
      next[token] = add(middle, project(at + "mlp.Wo", inner));
    }
    return next;
  }

  private double[] rotated(double[] vector, double[] frequencies, int position) {
    double[] result = new double[vector.length];
    for (int from = 0; from < vector.length; from += headDim) {
      double[] head = Arrays.copyOfRange(vector, from, from + headDim);
      head = OracleRotary.rotate(head, frequencies, position);
      System.arraycopy(head, 0, result, from, headDim);
    }
    return result;
  }

  private double[] norm(String name, double[] x) {
    double[] bias = weights.get(name + ".bias");
    return OracleMath.layerNorm(
        weights.get(name + ".weight"), bias == null ? new double[width] : bias, eps, x);
  }

  private double[] project(String name, double[] x) {
    return linear(weights.get(name + ".weight"), weights.get(name + ".bias"), x);
  }
}
