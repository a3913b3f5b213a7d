package org.sparkadept.decoder.engine.classify;

import java.util.Arrays;
import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.result.HeadInputs;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/** What exit heads would read of rows none of which exits, and no token of them; for fitting. */
public final class HeadInputPass {
  private HeadInputPass() {}

  /**
   * @param session where the rows are computed
   * @param width of the model
   * @param batchTokens most tokens that are computed together; a longer row is computed alone
   * @param texts the tokenized rows; null elements and those with an error are skipped
   * @param layers the heads' layers, from 0, ascending
   * @param input what the heads read
   * @return what they read, row by row; null where a row was skipped
   */
  public static HeadInputs[] run(
      PrefillSession session,
      int width,
      int batchTokens,
      TokenizedText[] texts,
      int[] layers,
      ExitHead.Input input) {
    HeadInputs[] results = new HeadInputs[texts.length];
    int size = input.size(width);
    for (Wave wave : Wave.cut(texts, batchTokens)) {
      RowSet rows = RowSet.all(wave.size());
      float[] values = new float[wave.size() * size];
      for (int row = 0; row < wave.size(); row++) {
        results[wave.rows()[row]] =
            new HeadInputs(wave.tokens().length(row), new float[layers.length][]);
      }
      session.begin(wave.tokens(), TokenExits.NONE);
      int next = 0;
      for (int exit = 0; exit < layers.length; exit++) {
        if (next < layers[exit]) {
          session.run(next, layers[exit], rows);
        }
        next = layers[exit] + 1;
        if (input == ExitHead.Input.CLASS_TOKEN_AND_MEAN) {
          session.averageTokens(rows);
        }
        session.runClassTokens(layers[exit], rows);
        session.readHeadInputs(input, rows, values);
        for (int row = 0; row < wave.size(); row++) {
          results[wave.rows()[row]].inputs()[exit] =
              Arrays.copyOfRange(values, row * size, (row + 1) * size);
        }
        if (exit < layers.length - 1) {
          session.runOtherTokens(layers[exit], rows);
        }
      }
      session.end();
    }
    return results;
  }
}
