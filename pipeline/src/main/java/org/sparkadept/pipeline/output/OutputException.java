package org.sparkadept.pipeline.output;

import org.sparkadept.decoder.error.AdeptException;

/** The output cannot be written: it exists, its disk is full, or it is not writable. */
public final class OutputException extends AdeptException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong, where, and what to do
   */
  public OutputException(String message) {
    super(message);
  }

  /**
   * @param message what is wrong, where, and what to do
   * @param cause what was caught
   */
  public OutputException(String message, Throwable cause) {
    super(message, cause);
  }
}
