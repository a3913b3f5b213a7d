package org.sparkadept.pipeline.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * The files of model directories, which are flat: moved about whole, without a copy if possible.
 */
public final class ModelFiles {
  private ModelFiles() {}

  /**
   * A model is written where programs see files: to a path.
   *
   * @throws OutputException if the output is a URI
   */
  public static void requirePath(Path output) {
    if (ModelLocation.isUri(output.toString())) {
      throw new OutputException(
          output
              + " is a URI, but models are written to a path of a file system that all machines"
              + " mount. Name such a path, and copy the directory afterwards (hadoop fs -put).");
    }
  }

  /**
   * Makes a directory whose files are another's, under names of their own: links, or copies where
   * links do not reach. Files are replaced, never changed, so that neither sees the other's.
   *
   * @param without names of files that are left out
   */
  public static void link(Path from, Path to, Set<String> without) throws IOException {
    Files.createDirectories(to);
    for (Path file : files(from)) {
      Path link = to.resolve(file.getFileName());
      if (without.contains(file.getFileName().toString())) {
        continue;
      }
      try {
        Files.createLink(link, file.toRealPath());
      } catch (IOException | UnsupportedOperationException e) {
        Files.copy(file, link);
      }
    }
  }

  /**
   * Copies a directory's files into another, which stays as it is whatever becomes of the first.
   */
  public static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (Path file : files(from)) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** Removes a file, or a folder with all that is in it; does nothing where there is none. */
  public static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    List<Path> left;
    try (Stream<Path> files = Files.walk(path)) {
      left = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : left) {
      Files.delete(file);
    }
  }
}
