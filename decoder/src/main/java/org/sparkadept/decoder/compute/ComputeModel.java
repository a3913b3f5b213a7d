package org.sparkadept.decoder.compute;

/** Weights on a device, loaded once and shared by all sessions. Safe from many threads. */
public interface ComputeModel extends AutoCloseable {
  /** A new session; sessions are independent of each other. */
  ComputeSession open();

  /** Most tokens that a wave of a session may have; at least the longest row's. */
  default int waveTokens() {
    return Integer.MAX_VALUE;
  }

  /** Fewest tokens that are worth a call of {@link ComputeSession#run}, where there are as many. */
  default int microBatchTokens() {
    return 1;
  }

  /** Frees the weights; no session may be in use. */
  @Override
  void close();
}
