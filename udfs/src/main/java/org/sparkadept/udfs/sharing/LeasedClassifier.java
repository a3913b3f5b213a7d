package org.sparkadept.udfs.sharing;

import java.util.List;
import org.sparkadept.decoder.result.Classifications;

/** A shared model that classifies texts, borrowed by one task until it is closed. */
public interface LeasedClassifier extends AutoCloseable {
  /** The label names. */
  List<String> labels();

  /** Whether a row may have several labels. */
  boolean multiLabel();

  /** Number of layers. */
  int layers();

  /**
   * Classifies texts.
   *
   * @param utf8 the texts as UTF-8; a null element is a NULL row
   * @param probabilities whether to return the probabilities of all labels
   * @return the answers, row by row
   * @throws org.sparkadept.decoder.error.AdeptException if computing fails as a whole
   */
  Classifications classify(byte[][] utf8, boolean probabilities);

  /** Ends the lease; a second call does nothing. */
  @Override
  void close();
}
