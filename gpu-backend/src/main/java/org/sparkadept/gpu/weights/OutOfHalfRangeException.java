package org.sparkadept.gpu.weights;

import org.sparkadept.decoder.error.AdeptException;

/** A weight is finite, but larger than half precision can tell. */
public final class OutOfHalfRangeException extends AdeptException {
  private static final long serialVersionUID = 1L;

  OutOfHalfRangeException(String matrix, float weight) {
    super(
        String.format(
            "%s has the weight %s, but half precision ends at 65504: spark.adept.gpu.precision f32"
                + " takes it",
            matrix, weight));
  }
}
