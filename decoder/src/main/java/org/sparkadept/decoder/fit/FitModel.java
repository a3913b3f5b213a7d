package org.sparkadept.decoder.fit;

import java.nio.file.Path;
import java.util.Arrays;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.model.Formulas;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.RotaryTables;
import org.sparkadept.decoder.result.RowStates;

/**
 * A backbone as fitting sees it: norms and projections of states that {@code Classifier.observe}
 * gave. Projections are read when first used and kept. Layers count from 1. Not thread-safe.
 */
public final class FitModel implements AutoCloseable {
  private final ModelConfig config;
  private final ModelDirectory directory;
  private final ModelTensors tensors;
  private final NormTensors plain;
  private final Projection[] queries;
  private final Projection[] keyValues;
  private RotaryTables rotary;

  private FitModel(ModelDirectory directory) {
    this.directory = directory;
    config = directory.config();
    tensors = directory.tensors();
    plain = NormTensors.plain(config.width());
    queries = new Projection[config.layers()];
    keyValues = new Projection[config.layers()];
  }

  /**
   * Opens a checkpoint; the {@code adept} files beside it are not read.
   *
   * @throws org.sparkadept.decoder.error.CheckpointException if it is not a checkpoint
   */
  public static FitModel open(Path path) {
    ModelDirectory directory = ModelDirectory.openBackbone(path);
    try {
      return new FitModel(directory);
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** The shape of the model. */
  public ModelConfig config() {
    return config;
  }

  /** What an exit head reads: the model's final norm of {@code h_layer} of the class token. */
  public float[] classState(RowStates row, int layer) {
    return Formulas.norm(config, tensors.finalNorm(), state(row, layer, row.tokens() - 1));
  }

  /** What the hidden state mapper reads: {@code n(h_layer)}, the norm without weight and bias. */
  public float[] plainState(RowStates row, int layer, int token) {
    return Formulas.norm(config, plain, state(row, layer, token));
  }

  /** {@code [k; v]} {@code [2·keyWidth]} of a layer, before head norm and rotary embedding. */
  public float[] keyValue(RowStates row, int layer, int token) {
    if (keyValues[layer - 1] == null) {
      LayerTensors at = tensors.layer(layer - 1);
      keyValues[layer - 1] = Projection.of(at.key(), at.value());
    }
    return keyValues[layer - 1].apply(input(row, layer, token));
  }

  /** The query {@code [queryWidth]} of a layer, after head norm, before the rotary embedding. */
  public float[] query(RowStates row, int layer, int token) {
    if (queries[layer - 1] == null) {
      queries[layer - 1] = Projection.of(tensors.layer(layer - 1).query());
    }
    float[] query = queries[layer - 1].apply(input(row, layer, token));
    headNorm(query, tensors.layer(layer - 1).queryNorm());
    return query;
  }

  /** The key half of {@link #keyValue} after head norm, as attention and token policy use it. */
  public float[] key(float[] keyValue, int layer) {
    float[] key = Arrays.copyOf(keyValue, config.keyWidth());
    headNorm(key, tensors.layer(layer - 1).keyNorm());
    return key;
  }

  /** Turns a query or key to its position; in place. */
  public void rotate(float[] x, int position) {
    if (config.learnedPositions()) {
      return;
    }
    if (rotary == null || rotary.cos().length <= position) {
      rotary = RotaryTables.of(config, Math.max(2 * position, 512));
    }
    for (int from = 0; from < x.length; from += config.headDim()) {
      Formulas.rotate(x, from, rotary.cos()[position], rotary.sin()[position]);
    }
  }

  private void headNorm(float[] x, float[] weight) {
    if (weight == null) {
      return;
    }
    int headDim = config.headDim();
    for (int from = 0; from < x.length; from += headDim) {
      float[] y = Formulas.rmsNorm(x, from, headDim, weight, config.normEps());
      System.arraycopy(y, 0, x, from, headDim);
    }
  }

  private float[] input(RowStates row, int layer, int token) {
    NormTensors norm = tensors.layer(layer - 1).attentionNorm();
    return Formulas.norm(config, norm, state(row, layer - 1, token));
  }

  private static float[] state(RowStates row, int layer, int token) {
    int from = token * row.width();
    return Arrays.copyOfRange(row.states()[layer], from, from + row.width());
  }

  @Override
  public void close() {
    directory.close();
  }
}
