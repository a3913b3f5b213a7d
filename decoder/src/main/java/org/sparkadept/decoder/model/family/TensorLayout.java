package org.sparkadept.decoder.model.family;

import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.tensor.Matrix;

/** How a family names and stores its weights. Every method checks presence, shape and type. */
public interface TensorLayout {

  /** Where the tensors come from. */
  TensorSource source();

  /** [vocabulary, width]. */
  Matrix embedding();

  /** [maxPositions, width]; null unless learned. */
  Matrix positions();

  /**
   * @param layer from 0
   */
  LayerTensors layer(int layer);

  /** After the last layer. */
  NormTensors finalNorm();
}
