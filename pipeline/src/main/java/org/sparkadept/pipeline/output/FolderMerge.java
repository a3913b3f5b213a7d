package org.sparkadept.pipeline.output;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Moves the data files of one folder into another, each to the same place below it. */
final class FolderMerge {
  private final FileSystem files;
  private final String prefix;
  private final Runnable guard;
  private final List<Move> moved = new ArrayList<>();

  private record Move(Path from, Path into) {}

  /**
   * @param prefix put before the name of each file
   * @param guard called before each move, which it may refuse
   */
  FolderMerge(FileSystem files, String prefix, Runnable guard) {
    this.files = files;
    this.prefix = prefix;
    this.guard = guard;
  }

  /** Moves what Spark would read. Takes nothing back where a file cannot be moved. */
  void move(Path from, Path into) throws IOException {
    for (FileStatus file : files.listStatus(from)) {
      Path path = file.getPath();
      if (!isData(path.getName())) {
        continue;
      }
      if (file.isDirectory()) {
        move(path, new Path(into, path.getName()));
      } else {
        move(new Move(path, new Path(into, prefix + path.getName())));
      }
    }
  }

  private void move(Move move) throws IOException {
    guard.run();
    files.mkdirs(move.into().getParent());
    rename(move.from(), move.into());
    moved.add(move);
  }

  /**
   * Takes back what was moved, as far as that is possible.
   *
   * @param cause gets, as suppressed, why a file could not be taken back
   * @return the files that could not be
   */
  List<Path> undo(IOException cause) {
    List<Path> stayed = new ArrayList<>();
    for (Move move : moved) {
      try {
        rename(move.into(), move.from());
      } catch (IOException e) {
        stayed.add(move.into());
        cause.addSuppressed(e);
      }
    }
    return stayed;
  }

  private void rename(Path from, Path into) throws IOException {
    if (!files.rename(from, into)) {
      throw new IOException("the file system refused to rename " + from + " to " + into);
    }
  }

  /** Deletes the files of a folder, at any depth, whose names begin with a prefix. */
  static void delete(FileSystem files, Path folder, String prefix) throws IOException {
    for (FileStatus file : files.listStatus(folder)) {
      if (file.isDirectory()) {
        delete(files, file.getPath(), prefix);
      } else if (file.getPath().getName().startsWith(prefix)) {
        files.delete(file.getPath(), false);
      }
    }
  }

  /** Whether Spark reads a file or folder of this name. */
  static boolean isData(String name) {
    return !name.startsWith(".") && (!name.startsWith("_") || name.contains("="));
  }
}
