package org.sparkadept.decoder.oracle;

import java.util.Arrays;

/** Causal attention with grouped heads, one query after the other. */
final class OracleAttention {

  private OracleAttention() {}

  /** The same with the usual scale, 1 / √headDim, and without a cap. */
  static double[][] attend(
      double[][] queries, double[][] keys, double[][] values, int headDim, int window) {
    return attend(queries, keys, values, headDim, window, 1 / Math.sqrt(headDim), 0);
  }

  /**
   * softmax(cap(scale · q kᵀ)) v over the tokens that each query may see: itself and those before
   * it, of these the nearest {@code window} (transformers' mask: {@code kv_idx > q_idx - window}).
   *
   * @param queries [tokens][heads * headDim]
   * @param keys [tokens][kvHeads * headDim]; head h of the queries uses h / (heads / kvHeads)
   * @param values [tokens][kvHeads * headDim]
   * @param window number of tokens, 0 for all
   * @param cap c of c · tanh(s / c), 0 for none
   * @return [tokens][heads * headDim]
   */
  static double[][] attend(
      double[][] queries,
      double[][] keys,
      double[][] values,
      int headDim,
      int window,
      double scale,
      double cap) {
    int heads = queries[0].length / headDim;
    int group = heads / (keys[0].length / headDim);
    double[][] out = new double[queries.length][heads * headDim];
    for (int token = 0; token < queries.length; token++) {
      int first = window == 0 ? 0 : Math.max(0, token - window + 1);
      for (int head = 0; head < heads; head++) {
        int q = head * headDim;
        int k = head / group * headDim;
        double[] scores = new double[token - first + 1];
        for (int seen = first; seen <= token; seen++) {
          double dot = 0;
          for (int i = 0; i < headDim; i++) {
            dot += queries[token][q + i] * keys[seen][k + i];
          }
          double score = dot * scale;
          scores[seen - first] = cap == 0 ? score : cap * Math.tanh(score / cap);
        }
        OracleMath.softmax(scores);
        for (int seen = first; seen <= token; seen++) {
          for (int i = 0; i < headDim; i++) {
            out[token][q + i] += scores[seen - first] * values[seen][k + i];
          }
        }
      }
    }
    return out;
  }

  /** Cuts one head out of a vector [heads * headDim]. */
  static double[] head(double[] vector, int head, int headDim) {
    return Arrays.copyOfRange(vector, head * headDim, (head + 1) * headDim);
  }
}
