package org.sparkadept.decoder.compute.reference;

import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.model.ModelConfig;

/** The decoder block as the papers write it, one row after the other. */
final class ReferenceSession implements ComputeSession {
  private final ReferenceModel model;
  private final ModelConfig config;

  /** {@code [tokens of the wave][width]}: the residual stream. */
  private float[][] hidden = {};

  private int[] rowStarts = {0};

  ReferenceSession(ReferenceModel model) {
    this.model = model;
    config = model.config;
  }

  @Override
  public void begin(int[] tokenIds, int[] starts) {
    rowStarts = starts;
    hidden = new float[starts[starts.length - 1]][];
    for (int row = 0; row + 1 < starts.length; row++) {
      for (int t = starts[row]; t < starts[row + 1]; t++) {
        hidden[t] = model.embedding.row(tokenIds[t]);
        if (model.positions != null) {
          add(hidden[t], model.positions.row(t - starts[row]));
        }
      }
    }
  }

  @Override
  public void run(int firstLayer, int endLayer, int[] rows, int from, int to) {
    for (int i = from; i < to; i++) {
      int start = rowStarts[rows[i]];
      int length = rowStarts[rows[i] + 1] - start;
      for (int layer = firstLayer; layer < endLayer; layer++) {
        block(layer, start, length);
      }
    }
  }

  /** {@code x += attention(norm(x)); x += mlp(norm(x))} for the tokens of one row. */
  private void block(int index, int start, int length) {
    ReferenceModel.Layer layer = model.layers[index];
    float[][] queries = new float[length][];
    float[][] keys = new float[length][];
    float[][] values = new float[length][];
    for (int t = 0; t < length; t++) {
      float[] x = Formulas.norm(config, layer.attentionNorm(), hidden[start + t]);
      queries[t] = positioned(layer.query().apply(x), layer.queryNorm(), t);
      keys[t] = positioned(layer.key().apply(x), layer.keyNorm(), t);
      values[t] = layer.value().apply(x);
    }
    for (int t = 0; t < length; t++) {
      float[] seen = attend(queries[t], keys, values, t, config.slidingWindow()[index]);
      add(hidden[start + t], layer.output().apply(seen));
    }
    for (int t = start; t < start + length; t++) {
      add(hidden[t], mlp(layer, Formulas.norm(config, layer.mlpNorm(), hidden[t])));
    }
  }

  /** Norm of each head where the family has one, then the rotary embedding at the position. */
  private float[] positioned(float[] x, float[] headNorm, int position) {
    int headDim = config.headDim();
    for (int from = 0; from < x.length; from += headDim) {
      if (headNorm != null) {
        float[] y = Formulas.rmsNorm(x, from, headDim, headNorm, config.normEps());
        System.arraycopy(y, 0, x, from, headDim);
      }
      if (model.rotary != null) {
        Formulas.rotate(x, from, model.rotary.cos()[position], model.rotary.sin()[position]);
      }
    }
    return x;
  }

  /**
   * Causal attention of one query over the tokens up to it: {@code softmax(q·k / sqrt(headDim))·v},
   * query heads sharing the key heads in groups. A sliding window of {@code w} sees the last {@code
   * w} tokens, itself among them.
   */
  private float[] attend(float[] query, float[][] keys, float[][] values, int at, int window) {
    int headDim = config.headDim();
    int group = config.heads() / config.kvHeads();
    int first = window > 0 ? Math.max(0, at - window + 1) : 0;
    float[] out = new float[query.length];
    for (int head = 0; head < config.heads(); head++) {
      int q = head * headDim;
      int kv = head / group * headDim;
      double[] weight = new double[at - first + 1];
      double top = Double.NEGATIVE_INFINITY;
      for (int t = first; t <= at; t++) {
        double dot = 0;
        for (int i = 0; i < headDim; i++) {
          dot += (double) query[q + i] * keys[t][kv + i];
        }
        weight[t - first] = dot / Math.sqrt(headDim);
        top = Math.max(top, weight[t - first]);
      }
      double sum = 0;
      for (int t = 0; t < weight.length; t++) {
        weight[t] = Math.exp(weight[t] - top);
        sum += weight[t];
      }
      for (int i = 0; i < headDim; i++) {
        double value = 0;
        for (int t = 0; t < weight.length; t++) {
          value += weight[t] * values[first + t][kv + i];
        }
        out[q + i] = (float) (value / sum);
      }
    }
    return out;
  }

  /** {@code down(act(gate(x)) · up(x))}, or {@code down(act(up(x)))} without a gate. */
  private float[] mlp(ReferenceModel.Layer layer, float[] x) {
    float[] up = layer.up().apply(x);
    float[] gate = layer.gate() == null ? null : layer.gate().apply(x);
    for (int i = 0; i < up.length; i++) {
      up[i] =
          gate == null
              ? Formulas.activate(config.activation(), up[i])
              : Formulas.activate(config.activation(), gate[i]) * up[i];
    }
    return layer.down().apply(up);
  }

  @Override
  public void readExit(int exitLayer, int[] rows, int count, float[] logits) {
    Dense head = model.heads.get(exitLayer);
    for (int i = 0; i < count; i++) {
      float[] classToken = hidden[rowStarts[rows[i] + 1] - 1];
      float[] z = head.apply(Formulas.norm(config, model.finalNorm, classToken));
      System.arraycopy(z, 0, logits, i * head.out(), head.out());
    }
  }

  private static void add(float[] x, float[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += y[i];
    }
  }

  @Override
  public void close() {
    hidden = new float[0][];
  }
}
