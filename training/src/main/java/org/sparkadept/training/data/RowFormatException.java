package org.sparkadept.training.data;

import java.io.IOException;
import java.nio.file.Path;

/** A line of a data file that is not a labelled row; the message names file and line. */
public final class RowFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  RowFormatException(Path file, long line, String problem, Throwable cause) {
    super(file + ", line " + line + ": " + problem, cause);
  }
}
