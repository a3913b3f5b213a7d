package org.sparkadept.decoder.compute.reference;

import java.util.Arrays;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.Formulas;
import org.sparkadept.decoder.model.ModelConfig;

/** The decoder block as the papers write it, one token after the other. */
final class ReferenceSession implements ComputeSession {
  private final ReferenceModel model;
  private final ModelConfig config;

  /**
   * {@code [tokens of the wave][width]}: the residual stream; what {@code n} made of it on exit.
   */
  private float[][] hidden = {};

  /** {@code [tokens of the wave][keyWidth]}: keys and values of the layer that runs. */
  private float[][] keys = {};

  private float[][] values = {};

  /** The layer, counted from 1, after which each token of the wave left; 0 while it goes on. */
  private int[] exitedAfter = {};

  /** What the class token of its row paid to each token of the wave, mean over heads. */
  private double[] attention = {};

  /** The token policy's π of each token of the wave. */
  private float[] preference = {};

  private int[] rowStarts = {0};
  private long multiplyAdds;

  ReferenceSession(ReferenceModel model) {
    this.model = model;
    config = model.config;
  }

  /** Multiplications of the matrix products done so far, an addition following each. */
  long multiplyAdds() {
    return multiplyAdds;
  }

  @Override
  public void begin(int[] tokenIds, int[] starts) {
    rowStarts = starts;
    int tokens = starts[starts.length - 1];
    hidden = new float[tokens][];
    keys = new float[tokens][];
    values = new float[tokens][];
    exitedAfter = new int[tokens];
    attention = new double[tokens];
    preference = new float[tokens];
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
    for (int layer = firstLayer; layer < endLayer; layer++) {
      runClassTokens(layer, rows, from, to);
      runOtherTokens(layer, rows, from, to);
    }
  }

  @Override
  public void runClassTokens(int layer, int[] rows, int from, int to) {
    for (int i = from; i < to; i++) {
      int start = rowStarts[rows[i]];
      int end = rowStarts[rows[i] + 1];
      for (int t = start; t < end; t++) {
        project(layer, start, t);
      }
      runToken(layer, start, end - 1, true);
    }
  }

  @Override
  public void runOtherTokens(int layer, int[] rows, int from, int to) {
    for (int i = from; i < to; i++) {
      int start = rowStarts[rows[i]];
      for (int t = start; t < rowStarts[rows[i] + 1] - 1; t++) {
        if (exitedAfter[t] == 0) {
          runToken(layer, start, t, false);
        }
      }
    }
  }

  /** Keys and values of one token: the layer's own, or those of the mapper after an exit. */
  private void project(int index, int start, int t) {
    ReferenceModel.Layer layer = model.layers[index];
    int half = config.keyWidth();
    if (exitedAfter[t] > 0) {
      float[] made = apply(model.mapper(exitedAfter[t], index + 1), hidden[t]);
      keys[t] = Arrays.copyOf(made, half);
      values[t] = Arrays.copyOfRange(made, half, 2 * half);
    } else {
      float[] x = Formulas.norm(config, layer.attentionNorm(), hidden[t]);
      keys[t] = apply(layer.key(), x);
      values[t] = apply(layer.value(), x);
    }
    position(keys[t], layer.keyNorm(), t - start);
  }

  /** {@code x += attention(norm(x)); x += mlp(norm(x))} for one token. */
  private void runToken(int index, int start, int t, boolean classToken) {
    ReferenceModel.Layer layer = model.layers[index];
    float[] query = apply(layer.query(), Formulas.norm(config, layer.attentionNorm(), hidden[t]));
    position(query, layer.queryNorm(), t - start);
    float[] before = hidden[t].clone();
    float[] seen = attend(query, start, t, config.slidingWindow()[index], classToken);
    add(hidden[t], apply(layer.output(), seen));
    add(hidden[t], mlp(layer, Formulas.norm(config, layer.mlpNorm(), hidden[t])));
    TokenPolicy policy = model.tokenPolicies.get(index + 1);
    if (policy != null && !classToken) {
      preference[t] = policy.value(features(before, query, t));
    }
  }

  private double[] features(float[] before, float[] query, int t) {
    double[] features = new double[TokenFeatures.COUNT];
    double[] squares = {
      TokenFeatures.squares(query, 0, query.length),
      TokenFeatures.squares(keys[t], 0, keys[t].length),
      TokenFeatures.squares(values[t], 0, values[t].length)
    };
    int width = config.width();
    TokenFeatures.fill(before, 0, hidden[t], 0, width, squares, attention[t], features);
    multiplyAdds += 3L * width + config.queryWidth() + 2L * config.keyWidth() + features.length;
    return features;
  }

  /** Norm of each head where the family has one, then the rotary embedding at the position. */
  private void position(float[] x, float[] headNorm, int position) {
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
  }

  /**
   * Causal attention of one query over the tokens up to it: {@code softmax(q·k / sqrt(headDim))·v},
   * query heads sharing the key heads in groups. A sliding window of {@code w} sees the last {@code
   * w} tokens, itself among them.
   */
  private float[] attend(float[] query, int start, int at, int window, boolean note) {
    int headDim = config.headDim();
    int group = config.heads() / config.kvHeads();
    int first = window > 0 ? Math.max(start, at - window + 1) : start;
    float[] out = new float[query.length];
    if (note) {
      Arrays.fill(attention, start, at + 1, 0);
    }
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
      for (int t = 0; note && t < weight.length; t++) {
        attention[first + t] += weight[t] / sum / config.heads();
      }
      multiplyAdds += 2L * headDim * weight.length;
    }
    return out;
  }

  /** {@code down(act(gate(x)) · up(x))}, or {@code down(act(up(x)))} without a gate. */
  private float[] mlp(ReferenceModel.Layer layer, float[] x) {
    float[] up = apply(layer.up(), x);
    float[] gate = layer.gate() == null ? null : apply(layer.gate(), x);
    for (int i = 0; i < up.length; i++) {
      up[i] =
          gate == null
              ? Formulas.activate(config.activation(), up[i])
              : Formulas.activate(config.activation(), gate[i]) * up[i];
    }
    return apply(layer.down(), up);
  }

  private float[] apply(Dense dense, float[] x) {
    multiplyAdds += (long) dense.out() * dense.in();
    return dense.apply(x);
  }

  @Override
  public void readExit(int exitLayer, int[] rows, int count, float[] scores) {
    Dense head = model.heads.get(exitLayer);
    for (int i = 0; i < count; i++) {
      float[] classToken = hidden[rowStarts[rows[i] + 1] - 1];
      float[] z = apply(head, Formulas.norm(config, model.finalNorm, classToken));
      System.arraycopy(z, 0, scores, i * head.out(), head.out());
    }
  }

  @Override
  public void exitTokens(
      int exitLayer, float threshold, int[] rows, int from, int to, int[] exitLayers) {
    for (int i = from; i < to; i++) {
      for (int t = rowStarts[rows[i]]; t < rowStarts[rows[i] + 1] - 1; t++) {
        if (exitedAfter[t] == 0 && preference[t] >= threshold) {
          exitedAfter[t] = exitLayer;
          exitLayers[t] = exitLayer;
          hidden[t] = Formulas.norm(config, model.plainNorm, hidden[t]);
        }
      }
    }
  }

  @Override
  public void readStates(int[] rows, int count, float[] states) {
    int at = 0;
    for (int i = 0; i < count; i++) {
      for (int t = rowStarts[rows[i]]; t < rowStarts[rows[i] + 1]; t++) {
        System.arraycopy(hidden[t], 0, states, at, config.width());
        at += config.width();
      }
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
