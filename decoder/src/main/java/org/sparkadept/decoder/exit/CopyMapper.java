package org.sparkadept.decoder.exit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.model.NormConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.tensor.ComputedMatrix;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * The plain copy: a token's state stays what it was when it exited. Norm weight and bias of the
 * layer go into its projections: {@code W·(n ∘ w + c) + b = (W·diag(w))·n + (W·c + b)}. Weights are
 * made of the layer's own when a compute backend packs them, and not held here.
 *
 * <p>Where the layer's attention reads no norm ({@link NormConfig.Before#NONE}), the size of a
 * state is lost when its token exits. Then keys and values are those of a state of mean square 1:
 * nothing to classify with, but what the fit of a mapper may start from.
 */
public final class CopyMapper implements HiddenStateMapper {
  /** Weights that are read at once. */
  private static final int CHUNK = 1 << 20;

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
    NormTensors norm = from.attentionNorm();
    if (norm == null) {
      return new LinearTensors(plain, bias);
    }
    if (norm.bias() != null) {
      addShift(plain, norm.bias(), bias);
    }
    return new LinearTensors(ComputedMatrix.scaleColumns(plain, norm.weight()), bias);
  }

  /** {@code bias += W·shift}. */
  private static void addShift(Matrix weight, float[] shift, float[] bias) {
    int cols = weight.cols();
    int chunk = Math.max(1, Math.min(bias.length, CHUNK / cols));
    float[] rows = new float[chunk * cols];
    for (int first = 0; first < bias.length; first += chunk) {
      int count = Math.min(chunk, bias.length - first);
      weight.read(first, count, rows, 0);
      for (int row = 0; row < count; row++) {
        double moved = bias[first + row];
        for (int i = 0; i < cols; i++) {
          moved += (double) rows[row * cols + i] * shift[i];
        }
        bias[first + row] = (float) moved;
      }
    }
  }

  private static void addBias(LinearTensors from, float[] bias, int at) {
    if (from.bias() != null) {
      System.arraycopy(from.bias(), 0, bias, at, from.bias().length);
    }
  }
}
