package org.sparkadept.udfs.classify;

import java.util.List;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.result.Classifications;

/** One task's right to use a shared decoder, which is not closed before the lease is. */
public final class DecoderLease implements TextClassifier {
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

  @Override
  public List<String> labels() {
    return decoder.labels();
  }

  @Override
  public int layers() {
    return decoder.layers();
  }

  @Override
  public Classifications classify(byte[][] utf8, boolean probabilities) {
    return decoder.classify(utf8, probabilities);
  }

  @Override
  public synchronized void close() {
    if (giveBack != null) {
      giveBack.run();
      giveBack = null;
    }
  }
}
