package org.sparkadept.udfs.classify;

import java.util.List;
import org.sparkadept.decoder.result.Classifications;

/** A shared model that classifies texts, lent to one task until it closes it. */
public interface TextClassifier extends AutoCloseable {
  /** The label names. */
  List<String> labels();

  /** Number of layers. */
  int layers();

  /**
   * Classifies texts.
   *
   * @param utf8 the texts as UTF-8; a null element is a NULL row
   * @param probabilities whether the probabilities of all labels are wanted
   * @return the answers, row by row
   * @throws org.sparkadept.decoder.error.AdeptException if computing fails as a whole
   */
  Classifications classify(byte[][] utf8, boolean probabilities);

  /** Gives the model back; a second call does nothing. */
  @Override
  void close();
}
