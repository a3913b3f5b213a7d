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
  private static final long serialVersionUID = 2L;

  private final int exitLayer;
  private final int inputs;
  private final int outputs;
  private final double[] gram;
  private final double[][] cross;
  private final double[] squares;

  /**
   * @param exitLayer e, from 1
   * @param layers the last layer that is mapped to, from 1
   * @param config shape of the model
   */
  public MapperSums(int exitLayer, int layers, ModelConfig config) {
    this.exitLayer = exitLayer;
    this.inputs = config.width() + 1;
    this.outputs = 2 * config.keyWidth();
    gram = new double[inputs * inputs];
    cross = new double[layers - exitLayer][inputs * outputs];
    squares = new double[layers - exitLayer];
  }

  /**
   * Adds to G.
   *
   * @param products {@code [n, n]}, maybe longer
   */
  public void addInputs(float[] products) {
    add(products, gram);
  }

  /**
   * Adds to C of a layer above e.
   *
   * @param layer from 1
   * @param products {@code [n, m]}, maybe longer
   * @param outputSquares {@code Σ ‖y_l‖²} of the same tokens
   */
  public void addOutputs(int layer, float[] products, double outputSquares) {
    add(products, cross(layer));
    squares[layer - exitLayer - 1] += outputSquares;
  }

  private static void add(float[] products, double[] sum) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += products[i];
    }
  }

  /** Adds other sums to these. */
  public MapperSums plus(MapperSums other) {
    addTo(gram, other.gram);
    addTo(squares, other.squares);
    for (int above = 0; above < cross.length; above++) {
      addTo(cross[above], other.cross[above]);
    }
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

  /** The last layer that is mapped to, from 1. */
  public int layers() {
    return exitLayer + cross.length;
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
    return Math.round(gram[gram.length - 1]);
  }

  /** G {@code [n, n]}. */
  public double[] gram() {
    return gram;
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
