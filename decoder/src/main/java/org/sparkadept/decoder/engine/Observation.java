package org.sparkadept.decoder.engine;

import java.util.Arrays;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.result.RowStates;
import org.sparkadept.decoder.result.StateObserver;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/** Runs every token through every layer and shows the states in between; for fitting. */
public final class Observation {
  /** Bytes of states that are held at once; a longer row is held alone. */
  private static final long BYTES = 32L << 20;

  private Observation() {}

  /**
   * @param session where the rows are computed
   * @param config the model
   * @param mostWaveTokens most tokens that the backend takes in a wave
   * @param texts the tokenized rows; null elements and those with an error are passed over
   * @param observer sees the states
   */
  public static void run(
      ComputeSession session,
      ModelConfig config,
      int mostWaveTokens,
      TokenizedText[] texts,
      StateObserver observer) {
    long bound = BYTES / Float.BYTES / config.width() / (config.layers() + 1);
    for (Wave wave : Wave.cut(texts, (int) Math.min(mostWaveTokens, Math.max(1, bound)))) {
      run(session, config, wave, observer);
    }
  }

  private static void run(
      ComputeSession session, ModelConfig config, Wave wave, StateObserver observer) {
    int width = config.width();
    int[] rows = new int[wave.size()];
    Arrays.setAll(rows, row -> row);
    float[] states = new float[wave.tokenIds().length * width];
    float[][][] byRow = new float[wave.size()][config.layers() + 1][];
    session.begin(wave.tokenIds(), wave.rowStarts());
    for (int layer = 0; layer <= config.layers(); layer++) {
      if (layer > 0) {
        session.run(layer - 1, layer, rows, 0, rows.length);
      }
      session.readStates(rows, rows.length, states);
      for (int row = 0; row < rows.length; row++) {
        int from = wave.rowStarts()[row] * width;
        byRow[row][layer] = Arrays.copyOfRange(states, from, wave.rowStarts()[row + 1] * width);
      }
    }
    session.end();
    for (int row = 0; row < rows.length; row++) {
      observer.row(wave.rows()[row], new RowStates(wave.tokens(row), width, byRow[row]));
    }
  }
}
