package org.sparkadept.decoder.error;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Files of a model, which must be files: reading a pipe waits for a writer, and a device such as
 * {@code /dev/zero} has no end. Links are followed, since caches of models are made of them.
 */
public final class RegularFile {
  private RegularFile() {}

  /**
   * Checks what is at a path, without opening it.
   *
   * @throws CheckpointException if it is there and neither a file nor a folder
   */
  public static void require(Path path) {
    try {
      if (Files.readAttributes(path, BasicFileAttributes.class).isOther()) {
        throw new CheckpointException(
            path
                + " is a pipe, a device or a socket, not a file; put the file that came with the"
                + " model there.");
      }
    } catch (IOException e) {
      // Whoever opens it says why it cannot be read.
    }
  }

  /**
   * Checks a file of bounded size, without opening it.
   *
   * @param most bytes
   * @throws CheckpointException if it is larger, or neither a file nor a folder
   * @throws IOException if its attributes cannot be read
   */
  public static void require(Path path, long most) throws IOException {
    require(path);
    long bytes = Files.size(path);
    if (bytes > most) {
      throw new CheckpointException(
          String.format(
              "%s has %d bytes, more than the %d that such a file may have; check that it is the"
                  + " file that came with the model.",
              path, bytes, most));
    }
  }
}
