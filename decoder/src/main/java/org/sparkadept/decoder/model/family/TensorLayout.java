package org.sparkadept.decoder.model.family;

import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.tensor.Matrix;

/** How a family names and stores its weights. Every method checks presence, shape and type. */
public abstract class TensorLayout {
  private final String embedding;

  /** The shape of the model. */
  protected final ModelConfig config;

  /** Where the tensors come from. */
  protected final TensorSource source;

  /**
   * @param prefix what the names of the backbone's tensors start with, unless the checkpoint has
   *     the token embedding without it
   * @param embedding name of the token embedding, without the prefix
   */
  protected TensorLayout(
      ModelConfig config, Checkpoint checkpoint, String prefix, String embedding) {
    this.config = config;
    this.embedding = embedding;
    source = TensorSource.withPrefix(checkpoint, prefix, embedding);
  }

  /** [vocabulary, width]. */
  final Matrix embedding() {
    return source.matrix(embedding, config.vocabulary(), config.width());
  }

  /** [maxPositions, width]; null unless learned. */
  protected Matrix positions() {
    return null;
  }

  /**
   * @param layer from 0
   */
  protected abstract LayerTensors layer(int layer);

  /** After the last layer. */
  protected abstract NormTensors finalNorm();
}
