package org.sparkadept.gpu.weights;

import org.sparkadept.decoder.error.AdeptException;

/** A weight is finite, but beyond the range of half precision. */
public final class OutOfHalfRangeException extends AdeptException {
  private static final long serialVersionUID = 1L;

  OutOfHalfRangeException(String matrix, float weight) {
    super(
        String.format(
            "%s has the weight %s, but half precision ends at 65504 (it needs"
                + " spark.adept.gpu.precision f32)",
            matrix, weight));
  }
}
