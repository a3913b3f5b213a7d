package org.sparkadept.pipeline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.sparkadept.pipeline.output.OutputException;
import org.sparkadept.pipeline.output.PartFile;

/** Files that a command writes on this machine once its work is done: summaries and reports. */
final class OutputFile {
  /** As a path of this machine, where one of its slashes is lost. */
  private static final Pattern URI = Pattern.compile("^[a-zA-Z][\\w+.-]+:/");

  /** Of which no disk has less. */
  private static final int BLOCK_BYTES = 4096;

  private OutputFile() {}

  /**
   * Checks before the work that a file can be written afterwards, by writing one where it is to be.
   * Where its folder is not there yet, that is the folder that it is to be made in: it may be the
   * output of the run, which must not exist before.
   *
   * @param kind what it holds, in a word, for messages
   * @throws OutputException if it cannot
   */
  static void check(String kind, Path file) {
    Path absolute = file.toAbsolutePath();
    if (URI.matcher(file.toString()).find()) {
      throw cannotWrite(
          kind, file, "it is a URI", "Name a path of this machine, and copy the file afterwards.");
    }
    if (Files.isDirectory(absolute)) {
      throw cannotWrite(kind, absolute, "it is a folder", "Name a file.");
    }
    Path folder = existing(absolute.getParent());
    try {
      writeIn(folder);
    } catch (IOException e) {
      throw cannotWrite(
          kind,
          absolute,
          "no file can be written in " + folder + " (" + PartFile.reason(e) + ")",
          "Free some space, allow writing there, or choose another folder.");
    }
  }

  private static Path existing(Path folder) {
    Path existing = folder;
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    return existing;
  }

  private static void writeIn(Path folder) throws IOException {
    Path part = Files.createTempFile(folder, ".adept", ".part");
    try {
      Files.write(part, new byte[BLOCK_BYTES]);
    } finally {
      Files.delete(part);
    }
  }

  private static OutputException cannotWrite(String kind, Path file, String why, String advice) {
    return new OutputException(
        String.format("The %s cannot be written to %s: %s. %s", kind, file, why, advice));
  }
}
