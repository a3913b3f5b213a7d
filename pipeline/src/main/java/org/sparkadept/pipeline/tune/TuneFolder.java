package org.sparkadept.pipeline.tune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.pipeline.output.OutputException;
import org.sparkadept.pipeline.output.WorkFolder;
import org.sparkadept.training.tune.TuneCheckpoint;

/**
 * The hidden folder {@code .<name>.tune} beside a model directory that is tuned: checkpoints of the
 * run and, when it has ended, the tuned model. It is kept until the command ends well; one run has
 * it at a time.
 */
final class TuneFolder implements AutoCloseable {
  private static final String RUN = "run";
  private static final String MODEL = "model";
  private static final String DRAFT = "model.new";

  private final WorkFolder work;
  private boolean done;

  private TuneFolder(WorkFolder work) {
    this.work = work;
  }

  /**
   * Opens the folder of an output.
   *
   * @throws OutputException if another run has it, or it cannot be written
   */
  static TuneFolder open(Path output, Configuration hadoop) {
    return new TuneFolder(WorkFolder.open(output, "tune", Set.of(), hadoop));
  }

  /** The folder. */
  Path path() {
    return work.folder();
  }

  /** Whether there is a checkpoint to go on from. */
  boolean holdsRun() {
    return TuneCheckpoint.isIn(run());
  }

  /** Where checkpoints are. */
  Path run() {
    return work.path(RUN);
  }

  /**
   * The tuned model; that of an earlier start, unless weights have become better since then.
   *
   * @param trained the weights that it is made of
   * @param writer fills an empty folder
   */
  Path model(Path trained, Consumer<Path> writer) {
    Path model = work.path(MODEL);
    Path finished = model.resolve(AdeptFormat.JSON_FILE);
    try {
      if (Files.exists(finished)
          && Files.getLastModifiedTime(finished).compareTo(Files.getLastModifiedTime(trained))
              >= 0) {
        return model;
      }
      Path draft = work.path(DRAFT);
      FileUtil.fullyDelete(draft.toFile());
      FileUtil.fullyDelete(model.toFile());
      Files.createDirectory(draft);
      writer.accept(draft);
      return Files.move(draft, model, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw OutputException.cannotWrite(path(), e);
    }
  }

  /** Puts the tuned model in the output's place. */
  Path publish(Path model, Path output) {
    try {
      return Files.move(model, output, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw OutputException.cannotWrite(output, e);
    }
  }

  /** Notes that the command has ended well: nothing needs to be kept. */
  void done() {
    done = true;
    work.done();
  }

  @Override
  public void close() {
    if (!done && holdsRun()) {
      work.keep();
    }
    work.close();
  }
}
