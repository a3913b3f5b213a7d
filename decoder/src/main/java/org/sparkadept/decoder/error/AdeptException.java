package org.sparkadept.decoder.error;

/**
 * Something the user can mend: a model directory, an option, an input. The message is complete in
 * itself: it names the file, row or key and says what to do.
 */
public class AdeptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong, where, and what to do
   */
  public AdeptException(String message) {
    super(message);
  }

  /**
   * @param message what is wrong, where, and what to do
   * @param cause what was caught
   */
  public AdeptException(String message, Throwable cause) {
    super(message, cause);
  }
}
