package org.sparkadept.pipeline.ml.fit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.pipeline.output.ModelFiles;
import org.sparkadept.pipeline.output.OutputException;

/**
 * Where a fit keeps what is not finished: a hidden folder beside the output, on the same disk and
 * under the same path on every machine, as models are. It is removed at the end, however that is.
 */
final class Workplace implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Workplace.class);
  private static final Set<String> FITTED = Set.of("adept.json", "adept.safetensors");

  private final Path model;
  private final Path output;
  private final Path folder;
  private int drafts;

  private Workplace(Path model, Path output, Path folder) {
    this.model = model;
    this.output = output;
    this.folder = folder;
  }

  /**
   * @throws OutputException if the output exists and is not the model itself, or its folder cannot
   *     be written
   */
  static Workplace open(Path model, Path output) {
    ModelFiles.requirePath(output);
    Path target = output.toAbsolutePath().normalize();
    Path source = model.toAbsolutePath().normalize();
    if (!target.equals(source) && Files.exists(target)) {
      throw new OutputException(target + " exists; remove it or choose another output directory.");
    }
    Path folder = target.resolveSibling("." + target.getFileName() + ".fit-" + UUID.randomUUID());
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new OutputException("A folder cannot be made beside " + target + ": " + e, e);
    }
    return new Workplace(source, target, folder);
  }

  /** A path for a data set. */
  String data(String name) {
    return folder.resolve(name).toUri().toString();
  }

  /** A new copy of the checkpoint, without {@code adept} files. */
  Path draft() {
    Path draft = folder.resolve("draft-" + ++drafts);
    try {
      ModelFiles.link(model, draft, FITTED);
    } catch (IOException e) {
      throw new OutputException("The checkpoint cannot be copied to " + draft + ": " + e, e);
    }
    return draft;
  }

  /**
   * Puts a draft in the output's place, in one step; in place of the model itself only the two
   * {@code adept} files are replaced, the tensors first.
   *
   * @return the output
   */
  Path publish(Path draft) {
    try {
      if (output.equals(model)) {
        for (String name : List.of("adept.safetensors", "adept.json")) {
          Files.move(
              draft.resolve(name),
              output.resolve(name),
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
        }
      } else {
        Files.move(draft, output, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new OutputException("The model cannot be put into " + output + ": " + e, e);
    }
    return output;
  }

  @Override
  public void close() {
    try {
      ModelFiles.delete(folder);
    } catch (IOException e) {
      LOG.warn("The unfinished folder {} could not be removed: {}", folder, e.toString());
    }
  }
}
