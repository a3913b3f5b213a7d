package org.sparkadept.pipeline.output;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The hidden folders beside an output in which runs stage their results: {@code
 * .<name>.adept-<run>}, which Spark does not read.
 */
final class StagingFolders {
  /** Ends the name of a folder with data that are being overwritten. */
  static final String OLD = ".old";

  private StagingFolders() {}

  /** That of a run. */
  static Path of(Path target, String run) {
    return new Path(target.getParent(), prefix(target) + run);
  }

  /** Those that are there of runs whose names begin so. */
  static List<Path> find(FileSystem files, Path target, String run) throws IOException {
    List<Path> found = new ArrayList<>();
    String prefix = prefix(target) + run;
    try {
      for (FileStatus sibling :
          files.listStatus(target.getParent(), path -> path.getName().startsWith(prefix))) {
        found.add(sibling.getPath());
      }
    } catch (FileNotFoundException e) {
      return found;
    }
    return found;
  }

  private static String prefix(Path target) {
    return "." + target.getName() + ".adept-";
  }
}
