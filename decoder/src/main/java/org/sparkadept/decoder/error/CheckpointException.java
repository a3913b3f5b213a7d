package org.sparkadept.decoder.error;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A model directory, or a file in it, is not what it should be. The message names the file and,
 * where there is one, the tensor or key, says what is wrong and what to do.
 */
public final class CheckpointException extends AdeptException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_QUOTED = 120;

  /**
   * @param message what is wrong, where, and what to do
   */
  public CheckpointException(String message) {
    super(message);
  }

  /**
   * @param message what is wrong, where, and what to do
   * @param cause what was caught
   */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A file that the operating system refuses to read. */
  public static CheckpointException unreadable(Path file, IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return missing(file);
    }
    if (cause instanceof AccessDeniedException) {
      return new CheckpointException(
          file + " may not be read by this process; give its user read permission.", cause);
    }
    if (cause instanceof ClosedByInterruptException) {
      return new CheckpointException(
          "The task was interrupted while it opened " + file + ".", cause);
    }
    return new CheckpointException(
        file + " cannot be read (" + cause + "); check the disk or copy the file again.", cause);
  }

  /** A file or folder that is not there. */
  public static CheckpointException missing(Path file) {
    return Files.isSymbolicLink(file)
        ? new CheckpointException(
            file
                + " is a symbolic link whose target is gone; copy the model directory with its"
                + " links resolved (cp -rL), or download it again.")
        : new CheckpointException(
            file + " does not exist; check the path, or download the model directory again.");
  }

  /** What a file says, quoted for a message: cut to a bearable length, control characters shown. */
  public static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < Math.min(text.length(), MAX_QUOTED); i++) {
      char c = text.charAt(i);
      quoted.append(
          PrintableText.isControl(c) && !Character.isSurrogate(c)
              ? String.format("\\u%04x", (int) c)
              : c);
    }
    return quoted.append(text.length() > MAX_QUOTED ? "…\"" : "\"").toString();
  }
}
