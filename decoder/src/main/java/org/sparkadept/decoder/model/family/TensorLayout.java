package org.sparkadept.decoder.model.family;

import java.util.Arrays;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.model.Formulas;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.tensor.ComputedMatrix;
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

  /** What tokens are before the first layer, [vocabulary, width]. */
  final Matrix embedding() {
    Matrix table = source.matrix(embedding, config.vocabulary(), config.width());
    float scale = config.embedding().scale();
    if (scale != 1) {
      float[] scales = new float[config.width()];
      Arrays.fill(scales, scale);
      table = ComputedMatrix.scaleColumns(table, scales);
    }
    NormTensors norm = embeddingNorm();
    return norm == null
        ? table
        : ComputedMatrix.mapRows(table, row -> Formulas.norm(config.norms(), norm, row));
  }

  /** Of the token embedding; null without one. */
  protected NormTensors embeddingNorm() {
    return null;
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

  /** A norm of the model's width without a bias, named without {@code .weight}. */
  protected final NormTensors rmsNorm(String name) {
    return new NormTensors(source.vector(name + ".weight", config.width()), null);
  }
}
