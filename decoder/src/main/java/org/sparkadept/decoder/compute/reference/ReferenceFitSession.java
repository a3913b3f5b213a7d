package org.sparkadept.decoder.compute.reference;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.sparkadept.decoder.compute.FitSession;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.model.Formulas;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;

/** What fitting reads, as the formulas say it: the session of the decoder with a look inside. */
final class ReferenceFitSession implements FitSession {
  private final ReferenceModel model;
  private final ModelConfig config;
  private final ReferenceSession session;

  /** By exit layer: {@code [tokens][width + 1]}. */
  private final Map<Integer, float[][]> inputs = new HashMap<>();

  /** {@code [tokens][2·keyWidth]} of the open layer. */
  private float[][] keyValues = {};

  private TokenRows rows = new TokenRows(new int[0], new int[] {0});
  private int layer;

  ReferenceFitSession(ReferenceModel model) {
    this.model = model;
    config = model.config;
    session = new ReferenceSession(model);
  }

  @Override
  public void begin(TokenRows wave) {
    rows = wave;
    inputs.clear();
    session.begin(wave, TokenExits.NONE);
  }

  @Override
  public void open(int index) {
    layer = index;
    keyValues = new float[rows.tokens()][];
    for (int t = 0; t < keyValues.length; t++) {
      keyValues[t] = session.ownKeyValue(layer, t);
    }
  }

  @Override
  public void run(int index) {
    layer = index;
    session.run(layer, layer + 1, RowSet.all(rows.size()));
  }

  @Override
  public void keep() {
    float[][] kept = new float[rows.tokens()][config.width() + 1];
    for (int row = 0; row < rows.size(); row++) {
      for (int t = rows.start(row); t < rows.classToken(row); t++) {
        float[] plain = Formulas.norm(config.norms(), model.plainNorm, session.state(t));
        System.arraycopy(plain, 0, kept[t], 0, plain.length);
        kept[t][plain.length] = 1;
      }
    }
    inputs.put(layer, kept);
  }

  @Override
  public void sumInputs(int exitLayer, float[] products) {
    sum(inputs.get(exitLayer), inputs.get(exitLayer), products);
  }

  @Override
  public void sumOutputs(int exitLayer, float[] products) {
    sum(inputs.get(exitLayer), keyValues, products);
  }

  /** {@code Σ left·rightᵀ}. */
  private static void sum(float[][] left, float[][] right, float[] products) {
    int columns = right[0].length;
    double[] sums = new double[left[0].length * columns];
    for (int t = 0; t < left.length; t++) {
      for (int i = 0; i < left[t].length; i++) {
        for (int j = 0; j < columns; j++) {
          sums[i * columns + j] += (double) left[t][i] * right[t][j];
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      products[i] = (float) sums[i];
    }
  }

  @Override
  public void readErrors(int exitLayer, LinearTensors map, float[] squares) {
    Dense mapper = model.dense(map);
    for (int t = 0; t < rows.tokens(); t++) {
      float[] input = inputs.get(exitLayer)[t];
      float[] made = mapper.apply(Arrays.copyOf(input, config.width()));
      double sum = 0;
      for (int i = 0; i < made.length; i++) {
        double difference = (double) made[i] - keyValues[t][i];
        sum += difference * difference;
      }
      squares[t] = (float) sum;
    }
  }

  @Override
  public void readOutputSquares(float[] squares) {
    for (int t = 0; t < rows.tokens(); t++) {
      squares[t] = (float) TokenFeatures.squares(keyValues[t], 0, keyValues[t].length);
    }
  }

  @Override
  public void readAttentionSquares(float[] squares) {
    for (int row = 0; row < rows.size(); row++) {
      for (int t = rows.start(row); t <= rows.classToken(row); t++) {
        float[][] used = session.queryKeyValue(layer, rows.start(row), t);
        for (int i = 0; i < used.length; i++) {
          squares[t * used.length + i] = (float) TokenFeatures.squares(used[i], 0, used[i].length);
        }
      }
    }
  }

  @Override
  public void readAttention(float[] attention) {
    for (int row = 0; row < rows.size(); row++) {
      int start = rows.start(row);
      double[] weights = session.classAttention(layer, start, rows.classToken(row));
      for (int t = 0; t < weights.length; t++) {
        attention[start + t] = (float) weights[t];
      }
    }
  }

  @Override
  public void readStates(float[] states) {
    session.readStates(RowSet.all(rows.size()), states);
  }

  @Override
  public void close() {
    session.close();
  }
}
