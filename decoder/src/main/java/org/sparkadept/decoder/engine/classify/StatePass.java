package org.sparkadept.decoder.engine.classify;

import java.util.Arrays;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.result.RowStates;
import org.sparkadept.decoder.result.StateObserver;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/** Runs every token through every layer and shows the states in between; for fitting. */
public final class StatePass {
  /** Bytes of states that are held at once; a longer row is held alone. */
  private static final long BYTES = 32L << 20;

  private StatePass() {}

  /**
   * @param session where the rows are computed
   * @param model the model of the session
   * @param config its shape
   * @param texts the tokenized rows; null elements and those with an error are skipped
   * @param observer sees the states
   */
  public static void run(
      PrefillSession session,
      ComputeModel model,
      ModelConfig config,
      TokenizedText[] texts,
      StateObserver observer) {
    int longest = 1;
    for (TokenizedText text : texts) {
      longest = text == null ? longest : Math.max(longest, text.ids().length);
    }
    long fitting = Math.max(1, BYTES / Float.BYTES / config.width() / (config.layers() + 1));
    for (Wave wave : Wave.cut(texts, (int) Math.min(model.waveTokens(longest), fitting))) {
      run(session, config, wave, observer);
    }
  }

  private static void run(
      PrefillSession session, ModelConfig config, Wave wave, StateObserver observer) {
    int width = config.width();
    RowSet rows = RowSet.all(wave.size());
    float[] states = new float[wave.tokens().tokens() * width];
    float[][][] byRow = new float[wave.size()][config.layers() + 1][];
    session.begin(wave.tokens(), TokenExits.NONE);
    for (int depth = 0; depth <= config.layers(); depth++) {
      if (depth > 0) {
        session.run(depth - 1, depth, rows);
      }
      session.readStates(rows, states);
      for (int row = 0; row < wave.size(); row++) {
        int from = wave.tokens().start(row) * width;
        int length = wave.tokens().length(row) * width;
        byRow[row][depth] = Arrays.copyOfRange(states, from, from + length);
      }
    }
    session.end();
    for (int row = 0; row < wave.size(); row++) {
      observer.row(wave.rows()[row], new RowStates(wave.tokens().length(row), width, byRow[row]));
    }
  }
}
