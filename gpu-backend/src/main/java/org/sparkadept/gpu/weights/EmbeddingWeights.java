package org.sparkadept.gpu.weights;

import java.util.Map;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.gpu.weights.WeightSizes.ArraySize;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The weights before the first layer.
 *
 * @param embedding {@code [vocabulary, width]}
 * @param positions {@code [positions, width]} if positions are learned
 */
public record EmbeddingWeights(TornadoNativeArray embedding, FloatArray positions) {
  /**
   * Reads the weights.
   *
   * @param tensors the model
   * @param halfPrecision whether the embedding is in half precision; positions never are
   * @throws OutOfHalfRangeException if a weight is beyond half precision
   */
  public static EmbeddingWeights read(ModelTensors tensors, boolean halfPrecision) {
    Map<String, ArraySize> sizes = WeightSizes.embeddings(tensors.config(), halfPrecision);
    TornadoNativeArray embedding = sizes.get("embedding").allocate();
    FloatArray positions = (FloatArray) sizes.get("positions").allocate();
    MatrixCopy.copy(tensors.embedding(), embedding, 0);
    if (tensors.config().embedding().learnedPositions()) {
      MatrixCopy.copy(tensors.positions(), positions, 0);
    }
    return new EmbeddingWeights(embedding, positions);
  }
}
