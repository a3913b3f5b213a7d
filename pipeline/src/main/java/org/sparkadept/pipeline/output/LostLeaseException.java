package org.sparkadept.pipeline.output;

import org.sparkadept.decoder.error.AdeptException;

/** A run has lost its lease on a folder, and must not go on; another attempt may succeed. */
public final class LostLeaseException extends AdeptException {
  private static final long serialVersionUID = 1L;

  LostLeaseException(String message) {
    super(message);
  }
}
