package org.sparkadept.decoder.compute;

/** Weights on a device, loaded once and shared by all sessions. Safe from many threads. */
public interface ComputeModel extends AutoCloseable {
  /** A new session; sessions are independent of each other. */
  ComputeSession open();

  /** Frees the weights; no session may be in use. */
  @Override
  void close();
}
