package org.sparkadept.decoder.fit;

import java.nio.file.Path;
import java.util.Arrays;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.model.Formulas;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.result.RowStates;

/**
 * A backbone's final norm, for states that {@code Classifier.observe} gave. Layers count from 1.
 */
public final class FitModel implements AutoCloseable {
  private final ModelConfig config;
  private final ModelDirectory directory;
  private final ModelTensors tensors;

  private FitModel(ModelDirectory directory) {
    this.directory = directory;
    config = directory.config();
    tensors = directory.tensors();
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

  /** What an exit head reads: the model's final norm of {@code h_layer} of the class token. */
  public float[] classState(RowStates row, int layer) {
    return Formulas.norm(config, tensors.finalNorm(), state(row, layer, row.tokens() - 1));
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
