package org.sparkadept.pipeline.output;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that is written under another name first, so that it is complete or as it was before. */
public final class PartFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PartFile.class);

  private final String kind;
  private final Path file;
  private final Path part;
  private boolean begun;

  /**
   * @param kind what it holds, in a word, for messages
   * @param file an absolute path
   */
  public PartFile(String kind, Path file) {
    this.kind = kind;
    this.file = file;
    this.part = file.resolveSibling("." + file.getFileName() + ".part");
  }

  /** The file, once it is in place. */
  public Path file() {
    return file;
  }

  /**
   * Writes the content under the other name; makes the folder.
   *
   * @throws OutputException if it cannot be written
   */
  public void write(byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      begun = true;
      Files.write(part, bytes);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Gives the file its name, in place of one that is there.
   *
   * @throws OutputException if the name cannot be taken
   */
  public void putInPlace() {
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Removes what was not put in place. */
  @Override
  public void close() {
    try {
      if (begun) {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      LOG.warn("The unfinished file {} could not be removed: {}", part, e.toString());
    }
  }

  /** Why a file of this machine cannot be written, in a few words. */
  public static String reason(IOException exception) {
    if (exception instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (exception instanceof FileSystemException detailed) {
      return detailed.getReason() == null
          ? detailed.getClass().getSimpleName()
          : detailed.getReason();
    }
    return exception.getMessage();
  }

  private OutputException failure(IOException cause) {
    return new OutputException(
        "The "
            + kind
            + " cannot be written to "
            + file
            + " ("
            + reason(cause)
            + "). Free some space, allow writing there, or choose another folder.",
        cause);
  }
}
