package org.sparkadept.decoder.exit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.tensor.ComputedMatrix;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * The plain copy: a token's state stays what it was when it exited. Norm weight and bias of the
 * layer go into its projections: {@code W·(n ∘ w + c) + b = (W·diag(w))·n + (W·c + b)}. Weights are
 * made of the layer's own when a compute backend packs them, and not held here.
 */
public final class CopyMapper implements HiddenStateMapper {
  private final ModelConfig config;
  private final ModelTensors tensors;
  private final Map<Integer, LinearTensors> maps = new ConcurrentHashMap<>();

  /**
   * @param tensors the weights of the model
   */
  public CopyMapper(ModelTensors tensors) {
    this.config = tensors.config();
    this.tensors = tensors;
  }

  @Override
  public LinearTensors map(int exitLayer, int layer) {
    return maps.computeIfAbsent(layer, this::make);
  }

  private LinearTensors make(int layer) {
    LayerTensors from = tensors.layer(layer);
    int half = config.keyWidth();
    Matrix plain = ComputedMatrix.stack(from.key().weight(), from.value().weight());
    float[] bias = new float[2 * half];
    addBias(from.key(), bias, 0);
    addBias(from.value(), bias, half);
    if (from.attentionNorm().bias() != null) {
      addShift(plain, from.attentionNorm().bias(), bias);
    }
    return new LinearTensors(
        ComputedMatrix.scaleColumns(plain, from.attentionNorm().weight()), bias);
  }

  /** {@code bias += W·shift}. */
  private static void addShift(Matrix weight, float[] shift, float[] bias) {
    float[] row = new float[weight.cols()];
    for (int o = 0; o < bias.length; o++) {
      weight.read(o, 1, row, 0);
      double moved = bias[o];
      for (int i = 0; i < row.length; i++) {
        moved += (double) row[i] * shift[i];
      }
      bias[o] = (float) moved;
    }
  }

  private static void addBias(LinearTensors from, float[] bias, int at) {
    if (from.bias() != null) {
      System.arraycopy(from.bias(), 0, bias, at, from.bias().length);
    }
  }
}
