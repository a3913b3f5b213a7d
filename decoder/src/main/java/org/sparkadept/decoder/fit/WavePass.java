package org.sparkadept.decoder.fit;

import org.sparkadept.decoder.compute.FitSession;
import org.sparkadept.decoder.compute.TokenRows;

/** What is done with each wave of a sample of rows; used by one thread at a time. */
public interface WavePass {
  /** Most tokens of a wave: its sums are made in single precision. */
  int MAX_TOKENS = 2048;

  /**
   * @param session has nothing of the wave yet
   * @param rows the wave
   */
  void wave(FitSession session, TokenRows rows);
}
