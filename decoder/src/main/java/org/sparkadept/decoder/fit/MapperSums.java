package org.sparkadept.decoder.fit;

import java.io.Serializable;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * The sums that the hidden state mapper of one exit layer e is solved from, by ridge regression:
 * with {@code x = [n(h_e); 1]} {@code [n]} and {@code y_l = [k_l; v_l]} {@code [m]} of each layer l
 * above, {@code G = Σ x·xᵀ} and {@code C_l = Σ x·y_lᵀ} over tokens. Sums of parts add up to the sum
 * of the whole, so they are made where the rows are. Their size does not depend on the rows.
 */
public final class MapperSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int exitLayer;
  private final int inputs;
  private final int outputs;

  /** The upper triangle of G. */
  private final double[] gram;

  private final double[][] cross;
  private final double[] squares;
  private long tokens;

  /**
   * @param exitLayer e, from 1
   * @param config shape of the model
   */
  public MapperSums(int exitLayer, ModelConfig config) {
    this.exitLayer = exitLayer;
    this.inputs = config.width() + 1;
    this.outputs = 2 * config.keyWidth();
    gram = new double[inputs * inputs];
    cross = new double[config.layers() - exitLayer][inputs * outputs];
    squares = new double[config.layers() - exitLayer];
  }

  /** Adds the tokens of a row, the class token aside: it never exits on its own. */
  public void add(FitRow row) {
    int count = row.tokens() - 1;
    double[][] x = new double[count][inputs];
    for (int t = 0; t < count; t++) {
      float[] state = row.plainStates(exitLayer)[t];
      for (int i = 0; i < state.length; i++) {
        x[t][i] = state[i];
      }
      x[t][inputs - 1] = 1;
    }
    for (int i = 0; i < inputs; i++) {
      int at = i * inputs;
      for (double[] token : x) {
        double factor = token[i];
        for (int j = i; j < inputs; j++) {
          gram[at + j] += factor * token[j];
        }
      }
    }
    for (int above = 0; above < cross.length; above++) {
      addLayer(row.keyValues(exitLayer + 1 + above), x, above);
    }
    tokens += count;
  }

  private void addLayer(float[][] keyValues, double[][] x, int above) {
    int count = x.length;
    double[][] y = new double[count][outputs];
    for (int t = 0; t < count; t++) {
      for (int o = 0; o < outputs; o++) {
        y[t][o] = keyValues[t][o];
        squares[above] += y[t][o] * y[t][o];
      }
    }
    double[] sums = cross[above];
    for (int i = 0; i < inputs; i++) {
      int at = i * outputs;
      for (int t = 0; t < count; t++) {
        double factor = x[t][i];
        double[] target = y[t];
        for (int o = 0; o < outputs; o++) {
          sums[at + o] += factor * target[o];
        }
      }
    }
  }

  /** Adds other sums to these. */
  public MapperSums plus(MapperSums other) {
    addTo(gram, other.gram);
    addTo(squares, other.squares);
    for (int above = 0; above < cross.length; above++) {
      addTo(cross[above], other.cross[above]);
    }
    tokens += other.tokens;
    return this;
  }

  private static void addTo(double[] sum, double[] part) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += part[i];
    }
  }

  /** e, from 1. */
  public int exitLayer() {
    return exitLayer;
  }

  /** n: the width of a hidden state and one more. */
  public int inputs() {
    return inputs;
  }

  /** m: twice the width of the keys. */
  public int outputs() {
    return outputs;
  }

  /** Number of tokens summed over. */
  public long tokens() {
    return tokens;
  }

  /** G {@code [n, n]}; a copy. */
  public double[] gram() {
    double[] whole = gram.clone();
    for (int i = 0; i < inputs; i++) {
      for (int j = 0; j < i; j++) {
        whole[i * inputs + j] = gram[j * inputs + i];
      }
    }
    return whole;
  }

  /** C {@code [n, m]} of a layer above e, counted from 1. */
  public double[] cross(int layer) {
    return cross[layer - exitLayer - 1];
  }

  /** {@code Σ ‖y_l‖²} of a layer above e, counted from 1. */
  public double squares(int layer) {
    return squares[layer - exitLayer - 1];
  }
}
