package org.sparkadept.decoder.model;

import java.util.List;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * A model's weights, whatever its family calls them. Vectors (norms, biases) are in memory;
 * matrices are read from the checkpoint on demand, so that it must stay open. Thread-safe.
 *
 * @param config the shape of the model
 * @param embedding what a token's state is before the first layer, but for learned positions: token
 *     embedding, scaled and normalized as {@link EmbeddingConfig} says, [vocabulary, width]
 * @param positions position embedding, [maxPositions, width]; null unless positions are learned
 * @param layers weights by layer
 * @param finalNorm the normalization after the last layer, which exit heads share
 * @param classificationHead [labels, width], with a bias or without; null where the checkpoint has
 *     none
 */
public record ModelTensors(
    ModelConfig config,
    Matrix embedding,
    Matrix positions,
    List<LayerTensors> layers,
    NormTensors finalNorm,
    LinearTensors classificationHead) {

  public ModelTensors {
    layers = List.copyOf(layers);
  }

  /**
   * One layer's weights.
   *
   * @param i layer, from 0
   */
  public LayerTensors layer(int i) {
    return layers.get(i);
  }
}
