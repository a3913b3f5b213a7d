package org.sparkadept.decoder.format;

import java.nio.file.Path;

/** A way to store checkpoints, found by {@link java.util.ServiceLoader}. */
public interface CheckpointFormat {
  /** Whether a directory holds weights in this format. */
  boolean recognizes(Path directory);

  /**
   * Opens a directory; weights are not read yet.
   *
   * @throws org.sparkadept.decoder.error.CheckpointException if a file is missing, malformed or cut
   */
  Checkpoint open(Path directory);
}
