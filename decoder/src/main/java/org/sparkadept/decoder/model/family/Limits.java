package org.sparkadept.decoder.model.family;

import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * Bounds on the numbers of a configuration: far beyond every model there is, and such that the
 * sizes computed from them fit an int.
 */
public final class Limits {
  public static final int LAYERS = 1 << 12;
  public static final int WIDTH = 1 << 17;
  public static final int HEADS = 1 << 12;
  public static final int HEAD_DIM = 1 << 12;
  public static final int MLP_WIDTH = 1 << 20;
  public static final int VOCABULARY = 1 << 24;
  public static final int POSITIONS = 1 << 27;
  public static final int LABELS = 1 << 20;

  private Limits() {}

  /**
   * @throws CheckpointException if the heads do not fit each other, or a weight matrix would have
   *     more elements than an array can
   */
  static void check(JsonObject json, ModelConfig config) {
    if (config.heads() % config.kvHeads() != 0) {
      throw wrong(
          json,
          String.format(
              "%d attention heads cannot share %d key and value heads evenly",
              config.heads(), config.kvHeads()));
    }
    if (config.hasRotary() && config.headDim() % 2 != 0) {
      throw wrong(
          json, "rotary positions need heads of even size, but they have " + config.headDim());
    }
    checkMatrix(json, "attention", config.queryWidth(), config.width());
    checkMatrix(json, "MLP", config.mlpWidth(), config.width());
    checkMatrix(json, "classification head", config.labels().size(), config.width());
  }

  private static void checkMatrix(JsonObject json, String what, int rows, int cols) {
    if ((long) rows * cols > Integer.MAX_VALUE - 8) {
      throw wrong(
          json,
          String.format(
              "%s weights of [%d, %d] have more elements than can be handled", what, rows, cols));
    }
  }

  private static CheckpointException wrong(JsonObject json, String problem) {
    return new CheckpointException(
        json.file() + ": " + problem + "; restore the file that came with the model.");
  }
}
