package org.sparkadept.pipeline.output;

import java.io.IOException;
import java.nio.file.Path;
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

  /** A path that cannot be written. */
  public static OutputException cannotWrite(Path path, IOException cause) {
    return new OutputException(
        path
            + " cannot be written ("
            + cause
            + "). Free some space, allow writing there, or choose another output directory.",
        cause);
  }

  /**
   * @param message what is wrong, where, and what to do
   * @param cause what was caught
   */
  public OutputException(String message, Throwable cause) {
    super(message, cause);
  }
}
