package org.sparkadept.udfs.classify;

import org.sparkadept.decoder.Decoder;

/** One task's right to use a shared decoder, which is not closed before the lease is. */
public final class DecoderLease implements AutoCloseable {
  private final Decoder decoder;
  private Runnable giveBack;

  DecoderLease(Decoder decoder, Runnable giveBack) {
    this.decoder = decoder;
    this.giveBack = giveBack;
  }

  /** The shared decoder; not to be closed by its user. */
  public Decoder decoder() {
    return decoder;
  }

  /** Gives the decoder back; a second call does nothing. */
  @Override
  public synchronized void close() {
    if (giveBack != null) {
      giveBack.run();
      giveBack = null;
    }
  }
}
