package org.sparkadept.udfs.sharing;

import java.util.List;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.result.Classifications;

/** One task's lease of a model of this class loader, which stays open until the lease is closed. */
public final class ModelLease implements LeasedClassifier {
  private final Decoder decoder;
  private Runnable release;

  ModelLease(Decoder decoder, Runnable release) {
    this.decoder = decoder;
    this.release = release;
  }

  /** The shared decoder; the borrower must not close it. */
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
    if (release != null) {
      release.run();
      release = null;
    }
  }
}
