package org.sparkadept.training.model;

import java.util.Map;

/**
 * The definition of the model in loops over one row, after Hugging Face's {@code
 * modeling_llama.py}: what {@link Decoder} is compared with.
 */
final class PlainLlama {
  private final ModelShape model;
  private final Map<String, float[]> weights;

  PlainLlama(ModelShape model, Map<String, float[]> weights) {
    this.model = model;
    this.weights = weights;
  }

  /** Logits of all exits, {@code [layers, labels]} row-major. */
  float[] exitLogits(int[] tokens) {
    int width = model.width();
    double[][] hidden = new double[tokens.length][width];
    for (int t = 0; t < tokens.length; t++) {
      for (int i = 0; i < width; i++) {
        hidden[t][i] = weights.get(WeightName.EMBEDDING)[tokens[t] * width + i];
      }
    }
    float[] logits = new float[model.layers() * model.labels()];
    for (int layer = 0; layer < model.layers(); layer++) {
      attend(layer, hidden);
      for (double[] state : hidden) {
        add(state, mlp(layer, norm(state, WeightName.mlpNorm(layer))));
      }
      double[] last = norm(hidden[tokens.length - 1], WeightName.FINAL_NORM);
      int labels = model.labels();
      double[] exit = project(WeightName.EXIT_WEIGHT, layer * labels, labels, last);
      for (int label = 0; label < labels; label++) {
        boolean biased = layer < model.layers() - 1;
        double bias = biased ? weights.get(WeightName.EXIT_BIAS)[layer * labels + label] : 0;
        logits[layer * labels + label] = (float) (exit[label] + bias);
      }
    }
    return logits;
  }

  private void attend(int layer, double[][] hidden) {
    int head = model.headWidth();
    int queries = model.queryWidth();
    int keys = model.keyValueWidth();
    String name = WeightName.queryKeyValue(layer);
    double[][] query = new double[hidden.length][];
    double[][] key = new double[hidden.length][];
    double[][] value = new double[hidden.length][];
    for (int t = 0; t < hidden.length; t++) {
      double[] input = norm(hidden[t], WeightName.attentionNorm(layer));
      query[t] = rotate(project(name, 0, queries, input), t);
      key[t] = rotate(project(name, queries, keys, input), t);
      value[t] = project(name, queries + keys, keys, input);
    }
    for (int t = 0; t < hidden.length; t++) {
      double[] mixed = new double[queries];
      for (int h = 0; h < model.queryHeads(); h++) {
        int shared = h / model.group() * head;
        double[] scores = new double[t + 1];
        double sum = 0;
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < head; i++) {
            scores[s] += query[t][h * head + i] * key[s][shared + i];
          }
          scores[s] = Math.exp(scores[s] / Math.sqrt(head));
          sum += scores[s];
        }
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < head; i++) {
            mixed[h * head + i] += scores[s] / sum * value[s][shared + i];
          }
        }
      }
      add(hidden[t], project(WeightName.attentionOutput(layer), 0, model.width(), mixed));
    }
  }

  private double[] mlp(int layer, double[] input) {
    int inner = model.intermediate();
    double[] gate = project(WeightName.gateUp(layer), 0, inner, input);
    double[] up = project(WeightName.gateUp(layer), inner, inner, input);
    for (int i = 0; i < inner; i++) {
      up[i] *= gate[i] / (1 + Math.exp(-gate[i]));
    }
    return project(WeightName.down(layer), 0, model.width(), up);
  }

  private double[] norm(double[] input, String gain) {
    double square = 0;
    for (double value : input) {
      square += value * value;
    }
    double scale = 1 / Math.sqrt(square / input.length + ModelShape.NORM_EPSILON);
    double[] output = new double[input.length];
    for (int i = 0; i < input.length; i++) {
      output[i] = input[i] * scale * weights.get(gain)[i];
    }
    return output;
  }

  private double[] rotate(double[] heads, int position) {
    int head = model.headWidth();
    double[] rotated = new double[heads.length];
    for (int at = 0; at < heads.length; at++) {
      int i = at % head;
      int pair = i < head / 2 ? at + head / 2 : at - head / 2;
      double angle = position * Math.pow(ModelShape.ROTARY_THETA, -2.0 * (i % (head / 2)) / head);
      double other = i < head / 2 ? -heads[pair] : heads[pair];
      rotated[at] = heads[at] * Math.cos(angle) + other * Math.sin(angle);
    }
    return rotated;
  }

  private double[] project(String name, int firstRow, int rows, double[] input) {
    float[] matrix = weights.get(name);
    double[] output = new double[rows];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < input.length; i++) {
        output[row] += matrix[(firstRow + row) * input.length + i] * input[i];
      }
    }
    return output;
  }

  private static void add(double[] to, double[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }
}
