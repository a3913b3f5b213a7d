package org.sparkadept.decoder.exit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * The plain copy: a token's state stays what it was when it exited. Norm weight and bias of the
 * layer go into its projections: {@code W·(n ∘ w + c) + b = (W·diag(w))·n + (W·c + b)}.
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
    int width = config.width();
    int half = config.keyWidth();
    float[] weight = new float[Math.multiplyExact(2 * half, width)];
    from.key().weight().read(0, half, weight, 0);
    from.value().weight().read(0, half, weight, half * width);
    float[] bias = new float[2 * half];
    addBias(from.key(), bias, 0);
    addBias(from.value(), bias, half);
    float[] scale = from.attentionNorm().weight();
    float[] shift = from.attentionNorm().bias();
    for (int row = 0; row < 2 * half; row++) {
      double moved = bias[row];
      for (int i = 0; i < width; i++) {
        int at = row * width + i;
        moved += shift == null ? 0 : (double) weight[at] * shift[i];
        weight[at] *= scale[i];
      }
      bias[row] = (float) moved;
    }
    return new LinearTensors(Matrix.of("copy." + layer, 2 * half, width, weight), bias);
  }

  private static void addBias(LinearTensors from, float[] bias, int at) {
    if (from.bias() != null) {
      System.arraycopy(from.bias(), 0, bias, at, from.bias().length);
    }
  }
}
