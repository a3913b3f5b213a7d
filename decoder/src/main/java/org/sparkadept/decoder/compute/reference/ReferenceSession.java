package org.sparkadept.decoder.compute.reference;

import java.util.Arrays;
import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.Formulas;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.RotaryTables;

/** The decoder block as the papers write it, one token after the other. */
final class ReferenceSession implements PrefillSession {
  private final ReferenceModel model;
  private final ModelConfig config;

  /**
   * {@code [tokens of the wave][width]}: the residual stream; what {@code n} made of it on exit.
   */
  private float[][] hidden = {};

  /** {@code [tokens of the wave][keyWidth]}: keys and values of the layer that runs. */
  private float[][] keys = {};

  private float[][] values = {};

  /** How many layers each token of the wave went through before it exited; 0 while it goes on. */
  private int[] exitedAfter = {};

  /** Attention of its row's class token to each token of the wave, mean over heads. */
  private double[] attention = {};

  /** The token policy's π of each token of the wave. */
  private float[] preference = {};

  /** {@code [rows of the wave][width]}: means of the rows' other tokens; null until asked for. */
  private float[][] means = {};

  private TokenRows rows = new TokenRows(new int[0], new int[] {0});

  /** By layer; null for layers without rotary positions. */
  private RotaryTables[] rotary = {};

  private TokenExits tokenExits = TokenExits.NONE;
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
  public void begin(TokenRows wave, TokenExits exits) {
    rows = wave;
    tokenExits = exits;
    rotary = model.rotary.atLeast(wave.longest());
    int tokens = wave.tokens();
    hidden = new float[tokens][];
    keys = new float[tokens][];
    values = new float[tokens][];
    exitedAfter = new int[tokens];
    attention = new double[tokens];
    preference = new float[tokens];
    means = new float[wave.size()][];
    for (int row = 0; row < wave.size(); row++) {
      for (int t = wave.start(row); t <= wave.classToken(row); t++) {
        hidden[t] = model.embedding.row(wave.ids()[t]);
        if (model.positions != null) {
          add(hidden[t], model.positions.row(t - wave.start(row)));
        }
      }
    }
  }

  @Override
  public void run(int firstLayer, int endLayer, RowSet set) {
    for (int layer = firstLayer; layer < endLayer; layer++) {
      runClassTokens(layer, set);
      runOtherTokens(layer, set);
    }
  }

  @Override
  public void runClassTokens(int layer, RowSet set) {
    for (int i = 0; i < set.size(); i++) {
      int start = rows.start(set.row(i));
      int classToken = rows.classToken(set.row(i));
      for (int t = start; t <= classToken; t++) {
        project(layer, start, t);
      }
      runToken(layer, start, classToken, true);
    }
  }

  @Override
  public void runOtherTokens(int layer, RowSet set) {
    for (int i = 0; i < set.size(); i++) {
      int start = rows.start(set.row(i));
      for (int t = start; t < rows.classToken(set.row(i)); t++) {
        if (exitedAfter[t] == 0) {
          runToken(layer, start, t, false);
        }
      }
    }
  }

  /** Keys and values of one token: the layer's own, or those of the mapper after an exit. */
  private void project(int index, int start, int t) {
    ReferenceModel.Layer layer = model.layer(index);
    int half = config.keyWidth();
    if (exitedAfter[t] > 0) {
      float[] made =
          apply(model.dense(tokenExits.mapper().map(exitedAfter[t] - 1, index)), hidden[t]);
      keys[t] = Arrays.copyOf(made, half);
      values[t] = Arrays.copyOfRange(made, half, 2 * half);
    } else {
      float[] own = ownKeyValue(index, t);
      keys[t] = Arrays.copyOf(own, half);
      values[t] = Arrays.copyOfRange(own, half, 2 * half);
    }
    position(index, keys[t], layer.keyNorm(), t - start);
  }

  /** A token's own {@code [k; v]} in a layer, before head norm and rotary embedding. */
  float[] ownKeyValue(int index, int t) {
    ReferenceModel.Layer layer = model.layer(index);
    float[] x = Formulas.norm(config.norms(), layer.attentionNorm(), hidden[t]);
    float[] key = apply(layer.key(), x);
    float[] both = Arrays.copyOf(key, 2 * key.length);
    System.arraycopy(apply(layer.value(), x), 0, both, key.length, key.length);
    return both;
  }

  /** A token's query, key and value in a layer, as attention uses them. */
  float[][] queryKeyValue(int index, int start, int t) {
    project(index, start, t);
    return new float[][] {query(index, start, t), keys[t], values[t]};
  }

  private float[] query(int index, int start, int t) {
    ReferenceModel.Layer layer = model.layer(index);
    float[] query =
        apply(layer.query(), Formulas.norm(config.norms(), layer.attentionNorm(), hidden[t]));
    position(index, query, layer.queryNorm(), t - start);
    return query;
  }

  /** What a row's class token pays each of its tokens in a layer, mean over heads. */
  double[] classAttention(int index, int start, int classToken) {
    for (int t = start; t <= classToken; t++) {
      project(index, start, t);
    }
    float[] query = query(index, start, classToken);
    attend(query, start, classToken, config.slidingWindow(index), true);
    return Arrays.copyOfRange(attention, start, classToken + 1);
  }

  /** A token's state after the layers that have run. */
  float[] state(int t) {
    return hidden[t];
  }

  /**
   * {@code x += r·after(attention(before(x))); x += r·after(mlp(before(x)))} for one token, with r
   * the residual scale, and norms where the family has them.
   */
  private void runToken(int index, int start, int t, boolean classToken) {
    ReferenceModel.Layer layer = model.layer(index);
    float[] query = query(index, start, t);
    float[] before = hidden[t].clone();
    float[] attended = attend(query, start, t, config.slidingWindow(index), classToken);
    addScaled(hidden[t], apply(layer.output(), attended), layer.attentionOutputNorm());
    float[] x = Formulas.norm(config.norms(), layer.mlpNorm(), hidden[t]);
    addScaled(hidden[t], mlp(layer, x), layer.mlpOutputNorm());
    TokenPolicy policy = tokenExits.policies().get(index);
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

  private void addScaled(float[] state, float[] added, NormTensors norm) {
    float[] normed = Formulas.norm(config.norms(), norm, added);
    for (int i = 0; i < state.length; i++) {
      state[i] += config.residualScale() * normed[i];
    }
  }

  /**
   * Norm of each head, or of all together, where the family has one; then the rotary embedding at
   * the position, where the layer has one.
   */
  private void position(int index, float[] x, float[] norm, int position) {
    for (int from = 0; norm != null && from < x.length; from += norm.length) {
      float[] y = Formulas.rmsNorm(x, from, norm.length, norm, config.norms().eps());
      System.arraycopy(y, 0, x, from, norm.length);
    }
    RotaryTables tables = rotary[index];
    for (int from = 0; tables != null && from < x.length; from += config.headDim()) {
      Formulas.rotate(x, from, tables.cos()[position], tables.sin()[position]);
    }
  }

  /**
   * Causal attention of one query over the tokens up to it: {@code softmax(cap(scale · q·k))·v},
   * query heads sharing the key heads in groups. A sliding window of {@code w} sees the last {@code
   * w} tokens, itself among them.
   */
  private float[] attend(float[] query, int start, int at, int window, boolean classToken) {
    int headDim = config.headDim();
    int group = config.heads() / config.kvHeads();
    double scale = config.attention().scale();
    int first = window > 0 ? Math.max(start, at - window + 1) : start;
    float[] out = new float[query.length];
    if (classToken) {
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
        weight[t - first] = Formulas.softCap(scale * dot, config.attention().softCap());
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
      for (int t = 0; classToken && t < weight.length; t++) {
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
  public void readExit(ExitHead head, RowSet set, float[] scores) {
    Dense weights = model.dense(head.weights());
    for (int i = 0; i < set.size(); i++) {
      float[] z = apply(weights, headInput(head.input(), set.row(i)));
      System.arraycopy(z, 0, scores, i * weights.out(), weights.out());
    }
  }

  @Override
  public void averageTokens(RowSet set) {
    for (int i = 0; i < set.size(); i++) {
      int row = set.row(i);
      double[] sum = new double[config.width()];
      for (int t = rows.start(row); t < rows.classToken(row); t++) {
        boolean exited = exitedAfter[t] > 0;
        float[] x = exited ? hidden[t] : Formulas.norm(config.norms(), model.plainNorm, hidden[t]);
        for (int d = 0; d < sum.length; d++) {
          sum[d] += x[d];
        }
        multiplyAdds += sum.length;
      }
      means[row] = new float[sum.length];
      int others = rows.length(row) - 1;
      for (int d = 0; d < sum.length && others > 0; d++) {
        means[row][d] = (float) (sum[d] / others);
      }
    }
  }

  @Override
  public void readHeadInputs(ExitHead.Input input, RowSet set, float[] inputs) {
    for (int i = 0; i < set.size(); i++) {
      float[] x = headInput(input, set.row(i));
      System.arraycopy(x, 0, inputs, i * x.length, x.length);
    }
  }

  private float[] headInput(ExitHead.Input input, int row) {
    float[] x = Formulas.norm(config.norms(), model.finalNorm, hidden[rows.classToken(row)]);
    if (input == ExitHead.Input.CLASS_TOKEN) {
      return x;
    }
    float[] both = Arrays.copyOf(x, 2 * x.length);
    System.arraycopy(means[row], 0, both, x.length, x.length);
    return both;
  }

  @Override
  public void exitTokens(int layer, RowSet set, int[] exitLayers) {
    for (int i = 0; i < set.size(); i++) {
      for (int t = rows.start(set.row(i)); t < rows.classToken(set.row(i)); t++) {
        if (exitedAfter[t] == 0 && preference[t] >= tokenExits.threshold()) {
          exitedAfter[t] = layer + 1;
          exitLayers[t] = layer + 1;
          hidden[t] = Formulas.norm(config.norms(), model.plainNorm, hidden[t]);
        }
      }
    }
  }

  @Override
  public void readStates(RowSet set, float[] states) {
    int at = 0;
    for (int i = 0; i < set.size(); i++) {
      for (int t = rows.start(set.row(i)); t <= rows.classToken(set.row(i)); t++) {
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
