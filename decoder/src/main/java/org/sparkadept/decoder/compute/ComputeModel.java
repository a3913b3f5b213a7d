package org.sparkadept.decoder.compute;

import java.util.Collection;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.TokenExits;

/**
 * A model's weights as a backend computes with them: packed once, when they are first needed, and
 * shared by all sessions. Safe from many threads. There is a kind of session for each purpose:
 * {@link #openPrefill} for texts that are read in one go, without a lasting cache of keys and
 * values; {@link #openFit} for the fit of token exits.
 */
public interface ComputeModel extends AutoCloseable {
  /**
   * Packs weights ahead of their first use; what is packed already is not packed again.
   *
   * @param layers how many layers, from the first on
   * @param heads exit heads, told apart by identity
   * @param tokenExits token policies, and the mapper's weights for the layers that are named
   * @throws AdeptException if weights cannot be read, a head reads or scores what the backend
   *     cannot compute, or memory is short
   */
  void prepare(int layers, Collection<ExitHead> heads, TokenExits tokenExits);

  /** A new session; sessions are independent of each other. */
  PrefillSession openPrefill();

  /**
   * A new session that reads what the fit of token exits needs.
   *
   * @throws AdeptException if the backend has none
   */
  default FitSession openFit() {
    throw new AdeptException(
        "This compute backend cannot fit token exits; fit with --backend cpu, or without them"
            + " (--no-token-exit).");
  }

  /**
   * Most tokens that a wave of a session may have.
   *
   * @param longestRow tokens of the longest row that will come; a wave has room for it
   */
  default int waveTokens(int longestRow) {
    return Integer.MAX_VALUE;
  }

  /** Fewest tokens that are worth a call of {@link PrefillSession#run}, where there are as many. */
  default int microBatchTokens() {
    return 1;
  }

  /** Frees the weights; no session may be in use. */
  @Override
  void close();
}
