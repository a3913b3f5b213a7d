package org.sparkadept.pipeline.output;

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

  /** In a staging folder from its beginning to the commit. */
  private static final String MARKER = "_adept_staging";

  private final FileSystem files;
  private final Path target;
  private final Path staging;
  private final String run;
  private final OutputMode mode;
  private FolderLease lease;
  private boolean settled;
  private boolean committed;

  private StagedOutput(FileSystem files, Path target, String run, OutputMode mode) {
    this.files = files;
    this.target = target;
    this.run = run;
    this.mode = mode;
    staging = StagingFolders.of(target, run);
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
    try {
      Path target = FileFormats.qualified(output, configuration);
      FileSystem files = target.getFileSystem(configuration);
      if (target.getParent() == null) {
        throw new OutputException(
            "The output " + target + " is the root of its file system; name a folder in it.");
      }
      StagedOutput staged = new StagedOutput(files, target, run, mode);
      staged.prepare();
      return staged;
    } catch (IOException e) {
      throw new OutputException(
          "The output " + output + " cannot be written: " + e.getMessage() + ".", e);
    }
  }

  /**
   * Removes the staging folders of runs that have died.
   *
   * @param prefix what the names of the runs begin with; none goes on
   */
  static void removeStaged(String output, String prefix, Configuration configuration) {
    try {
      Path target = FileFormats.qualified(output, configuration);
      FileSystem files = target.getFileSystem(configuration);
      for (Path folder : StagingFolders.find(files, target, prefix)) {
        files.delete(folder, true);
      }
    } catch (IOException e) {
      throw new OutputException(
          "What a killed run left beside " + output + " cannot be removed: " + e.getMessage(), e);
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
   * While this run goes on, it has the folder's lease.
   *
   * @param name the file's name; beginning with {@code _}, Spark does not read it
   */
  void keepUnfinished(String name, byte[] content) throws IOException {
    lease = FolderLease.acquire("The staging folder " + staging, staging, run, files.getConf());
    files.cancelDeleteOnExit(staging);
    describe(name, content);
  }

  /** Puts a file beside the data, which Spark does not read. */
  void describe(String name, byte[] content) throws IOException {
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
              + " exists. Choose another folder, or say --mode overwrite, append or ignore.");
    }
    if (mode == OutputMode.APPEND && exists() && !files.getFileStatus(target).isDirectory()) {
      throw new OutputException(
          "The output " + target + " is a file; --mode append needs a folder.");
    }
    files.delete(staging, true); // of an earlier attempt at the same run
    if (!files.mkdirs(staging)) {
      throw new IOException(
          "the folder "
              + staging
              + " cannot be made; check that this user may write beside the output");
    }
    describe(MARKER, new byte[0]);
    files.deleteOnExit(staging);
  }

  /**
   * Warns of the staging folders of other runs beside the output.
   *
   * @param known those that need no warning
   */
  void warnOfOthers(List<Path> known) {
    List<String> unknown = new ArrayList<>();
    List<String> resumable = new ArrayList<>();
    try {
      for (Path other : StagingFolders.find(files, target, "")) {
        if (!other.equals(staging) && !known.contains(other)) {
          boolean kept = files.exists(new Path(other, EarlierResults.FILE));
          (kept ? resumable : unknown).add(other.getName());
        }
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be listed: {}", target.getParent(), e.toString());
    }
    if (!unknown.isEmpty()) {
      LOG.warn(
          "{} holds {} of runs that were killed, or still run. If none runs, remove them; names"
              + " that end in {} hold data that was about to be overwritten.",
          target.getParent(),
          unknown,
          StagingFolders.OLD);
    }
    if (!resumable.isEmpty()) {
      LOG.warn(
          "{} holds {} of runs with --resume that did not finish, or still run. A run with"
              + " --resume, the same model and options reuses their rows and then removes them.",
          target.getParent(),
          resumable);
    }
  }

  /**
   * Puts the result in place.
   *
   * @throws OutputException if the output has come into being meanwhile and must not be touched
   *     (the result is kept, and the message says where), or cannot be put in place
   */
  public void commit() {
    if (lease != null) {
      lease.check();
      lease.close();
    }
    try {
      requireWhole();
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
    committed = true;
    close();
  }

  /**
   * Puts the result of one batch of an incremental run in place: its files join those that are
   * there. A batch that is run again replaces what its first attempt has put in place.
   *
   * @param batch what the names of its files begin with; no other batch has it
   * @param again whether an earlier attempt may have put files in place
   * @param guard called before each change of the output; may refuse it by an exception
   * @throws OutputException if it cannot be put in place
   */
  public void commitBatch(String batch, boolean again, Runnable guard) {
    try {
      guard.run();
      requireWhole();
      if (!files.mkdirs(target)) {
        throw new IOException("the folder cannot be made");
      }
      if (again) {
        FolderMerge.delete(files, target, batch);
      }
      new FolderMerge(files, batch, guard).move(staging, target);
    } catch (IOException e) {
      throw new OutputException(
          "The result cannot be put in place at " + target + ": " + e.getMessage(), e);
    }
    committed = true;
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
    Path old = staging.suffix(StagingFolders.OLD);
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

  /**
   * Somebody may have removed the staging folder, and tasks that came later made it anew: then
   * files are missing.
   */
  private void requireWhole() throws IOException {
    if (!files.delete(new Path(staging, MARKER), false)) {
      throw new OutputException(
          "The staging folder "
              + staging
              + " was removed while this run wrote to it, so its result is not whole. Nothing was"
              + " put in place; run it again.");
    }
  }

  /** Moves the files in; takes them out again if one of them cannot be moved. */
  private void commitAppend() throws IOException {
    if (!exists()) {
      renameInto();
      return;
    }
    // From here on, the output does not hold the rows of one model alone.
    files.delete(new Path(target, EarlierResults.FILE), false);
    FolderMerge merge = new FolderMerge(files, "", () -> {});
    try {
      merge.move(staging, target);
    } catch (IOException e) {
      List<Path> stayed = merge.undo(e);
      throw stayed.isEmpty()
          ? e
          : new IOException(e.getMessage() + ". These files are in the output: " + stayed + ".", e);
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

  /**
   * Removes the staging folder, unless its content was put in place or kept. Where nothing was
   * committed it is removed again when this JVM ends: a job that has failed may still have tasks
   * that write.
   */
  @Override
  public void close() {
    boolean kept = lease != null;
    if (kept) {
      lease.close();
    }
    try {
      if (!settled && !kept) {
        settled = true;
        files.delete(staging, true);
      }
      if (committed) {
        files.cancelDeleteOnExit(staging);
      }
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", staging, e.getMessage());
    }
  }
}
