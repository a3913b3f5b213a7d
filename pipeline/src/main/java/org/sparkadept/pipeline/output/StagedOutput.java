package org.sparkadept.pipeline.output;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An output folder that comes into being whole or not at all.
 *
 * <p>The result is written to a hidden sibling, {@code <parent>/.<name>.adept-<run>}, which Spark
 * does not read, and renamed into place at the very end. A run that is killed leaves at most that
 * sibling. Overwriting renames the old folder aside first and removes it last; killed between the
 * two renames (an instant), the old data lie in {@code .<name>.adept-<run>.old}. Where the file
 * system's rename is not atomic (object stores), neither is the commit.
 */
public final class StagedOutput implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StagedOutput.class);
  private static final String OLD = ".old";

  private final FileSystem files;
  private final Path target;
  private final Path staging;
  private final String run;
  private final OutputMode mode;
  private boolean settled;
  private boolean kept;

  private StagedOutput(FileSystem files, Path target, String run, OutputMode mode) {
    this.files = files;
    this.target = target;
    this.run = run;
    this.mode = mode;
    staging = new Path(target.getParent(), stagingPrefix(target) + run);
  }

  /**
   * Prepares an output. Nothing of an existing one is touched before {@link #commit}.
   *
   * @param output where the result is to be
   * @param run a name that no other run has
   * @throws OutputException if the output exists and must not, or is no place to write to
   */
  public static StagedOutput begin(
      String output, OutputMode mode, String run, Configuration configuration) {
    Path path = new Path(output);
    try {
      FileSystem files = path.getFileSystem(configuration);
      Path target = path.makeQualified(files.getUri(), files.getWorkingDirectory());
      if (target.getParent() == null) {
        throw new OutputException(
            "The output " + target + " is the root of its file system; name a folder in it.");
      }
      StagedOutput staged = new StagedOutput(files, target, run, mode);
      staged.prepare();
      return staged;
    } catch (IOException e) {
      throw new OutputException(
          "The output " + path + " cannot be written: " + e.getMessage() + ".", e);
    }
  }

  /** Where the result is to be, fully qualified. */
  public Path target() {
    return target;
  }

  /** The hidden folder to write the result into; exists, and is empty at first. */
  public Path staging() {
    return staging;
  }

  /**
   * Leaves the staging folder where it is if it is not committed, with a file that describes it.
   *
   * @param name the file's name; beginning with {@code _}, Spark does not read it
   */
  void keepUnfinished(String name, byte[] content) throws IOException {
    kept = true;
    files.cancelDeleteOnExit(staging);
    try (OutputStream out = files.create(new Path(staging, name), true)) {
      out.write(content);
    }
  }

  /** Whether the output exists now. */
  public boolean exists() throws IOException {
    return files.exists(target);
  }

  /** Whether there is a file or folder of this path on the output's file system. */
  boolean holds(Path path) throws IOException {
    return files.exists(path);
  }

  /** Removes a folder of the output's file system. */
  void delete(Path folder) throws IOException {
    files.delete(folder, true);
  }

  private void prepare() throws IOException {
    if (mode == OutputMode.ERRORIFEXISTS && exists()) {
      throw new OutputException(
          "The output "
              + target
              + " exists. Choose another --output, or say --mode overwrite, append or ignore.");
    }
    if (mode == OutputMode.APPEND && exists() && !files.getFileStatus(target).isDirectory()) {
      throw new OutputException(
          "The output " + target + " is a file; --mode append needs a folder.");
    }
    files.delete(staging, true); // of an earlier attempt at the same run
    warnOfLeftovers();
    if (!files.mkdirs(staging)) {
      throw new IOException("the folder " + staging + " cannot be made");
    }
    files.deleteOnExit(staging);
  }

  /** Warns of staging folders beside the output: of killed runs, or of a running job. */
  private void warnOfLeftovers() throws IOException {
    List<String> leftovers = new ArrayList<>();
    try {
      for (FileStatus sibling : files.listStatus(target.getParent())) {
        String name = sibling.getPath().getName();
        if (name.startsWith(stagingPrefix(target))) {
          leftovers.add(name);
        }
      }
    } catch (FileNotFoundException e) {
      LOG.debug("{} is new", target.getParent());
    }
    if (!leftovers.isEmpty()) {
      LOG.warn(
          "{} holds {} of runs that were killed, or still run. If none runs, remove them; names"
              + " that end in {} hold data that was about to be overwritten.",
          target.getParent(),
          leftovers,
          OLD);
    }
  }

  /**
   * Puts the result in place.
   *
   * @throws OutputException if the output has come into being meanwhile and must not be touched
   *     (the result is kept, and the message says where), or cannot be put in place
   */
  public void commit() {
    try {
      switch (mode) {
        case ERRORIFEXISTS -> commitNew();
        case IGNORE -> {
          if (!exists()) {
            commitNew();
          }
        }
        case OVERWRITE -> commitOverwrite();
        case APPEND -> commitAppend();
      }
    } catch (IOException e) {
      throw new OutputException(
          "The result cannot be put in place at " + target + ": " + e.getMessage() + kept(), e);
    }
    close();
  }

  /**
   * Puts the result of one batch of an incremental run in place: its files join those that are
   * there. A batch that is run again replaces what its first attempt has put in place.
   *
   * @param batch what the names of its files begin with; no other batch has it
   * @throws OutputException if it cannot be put in place
   */
  public void commitBatch(String batch) {
    try {
      if (!files.mkdirs(target)) {
        throw new IOException("the folder cannot be made");
      }
      for (FileStatus earlier :
          files.listStatus(target, file -> file.getName().startsWith(batch))) {
        files.delete(earlier.getPath(), true);
      }
      for (FileStatus file : files.listStatus(staging)) {
        String name = file.getPath().getName();
        if (!name.startsWith("_")) {
          rename(file.getPath(), new Path(target, batch + name));
        }
      }
    } catch (IOException e) {
      throw new OutputException(
          "The result cannot be put in place at " + target + ": " + e.getMessage(), e);
    }
    close();
  }

  /**
   * Takes over a written folder, which may lie on another file system.
   *
   * @param folder its files become this output's staged files
   */
  void takeOver(Path folder) throws IOException {
    FileSystem from = folder.getFileSystem(files.getConf());
    for (FileStatus file : from.listStatus(folder)) {
      Path into = new Path(staging, file.getPath().getName());
      if (from.getUri().equals(files.getUri())) {
        rename(file.getPath(), into);
      } else if (!FileUtil.copy(from, file.getPath(), files, into, true, files.getConf())) {
        throw new IOException("the file system refused to move " + file.getPath() + " to " + into);
      }
    }
    from.delete(folder, true);
  }

  private void commitNew() throws IOException {
    if (exists()) {
      throw new OutputException(
          "The output "
              + target
              + " was written by another job while this one ran."
              + kept()
              + " Nothing of the other job's output was touched.");
    }
    renameInto();
  }

  private void commitOverwrite() throws IOException {
    Path old = staging.suffix(OLD);
    boolean replaces = exists();
    if (replaces) {
      rename(target, old);
    }
    try {
      renameInto();
    } catch (IOException | OutputException e) {
      if (replaces && !exists()) {
        rename(old, target);
      }
      throw e;
    }
    if (replaces && !files.delete(old, true)) {
      LOG.warn("The overwritten data remain in {}; remove them.", old);
    }
  }

  /** Moves the files in; takes them out again if one of them cannot be moved. */
  private void commitAppend() throws IOException {
    if (!exists()) {
      renameInto();
      return;
    }
    List<Path> moved = new ArrayList<>();
    try {
      for (FileStatus file : files.listStatus(staging)) {
        String name = file.getPath().getName();
        if (!name.startsWith("_")) {
          Path into = new Path(target, name);
          rename(file.getPath(), into);
          moved.add(into);
        }
      }
    } catch (IOException e) {
      for (Path into : moved) {
        rename(into, new Path(staging, into.getName()));
      }
      throw e;
    }
  }

  /**
   * Renames the staging folder to the output. Where that exists after all (another job was faster
   * by an instant), file systems move the folder into it: then it is taken out again.
   */
  private void renameInto() throws IOException {
    boolean renamed = files.rename(staging, target);
    Path inside = new Path(target, staging.getName());
    if (files.exists(inside)) {
      rename(inside, staging);
      throw new OutputException(
          "The output " + target + " was written by another job just now." + kept());
    }
    if (!renamed) {
      throw new IOException("the file system refused to rename " + staging);
    }
    settled = true;
  }

  private void rename(Path from, Path to) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException("the file system refused to rename " + from + " to " + to);
    }
  }

  /** Keeps the finished result under a visible name; says where, as a sentence. */
  private String kept() {
    Path visible = new Path(target.getParent(), target.getName() + ".adept-" + run);
    settled = true;
    try {
      files.cancelDeleteOnExit(staging);
      rename(staging, visible);
      return " The finished result was kept in " + visible + ".";
    } catch (IOException e) {
      return " The finished result was kept in " + staging + ".";
    }
  }

  /** Removes the staging folder, unless its content was put in place or kept. */
  @Override
  public void close() {
    try {
      if (!settled && !kept) {
        settled = true;
        files.delete(staging, true);
      }
      files.cancelDeleteOnExit(staging);
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", staging, e.getMessage());
    }
  }

  static String stagingPrefix(Path target) {
    return "." + target.getName() + ".adept-";
  }
}
