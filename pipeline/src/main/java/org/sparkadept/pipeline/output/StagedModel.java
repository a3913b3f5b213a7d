package org.sparkadept.pipeline.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.adapter.PeftAdapter;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * A model directory that appears whole or not at all: it is made in a hidden staging folder beside
 * the output, on the same disk and under the same path on every machine, and then renamed. Closing
 * removes the staging folder.
 */
public final class StagedModel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StagedModel.class);

  private final ModelSource model;
  private final Path output;
  private final Path folder;
  private final List<String> replaced;
  private int drafts;

  private StagedModel(ModelSource model, Path output, Path folder, List<String> replaced) {
    this.model = model;
    this.output = output;
    this.folder = folder;
    this.replaced = replaced;
  }

  /**
   * Checks that the output can be made.
   *
   * @throws OutputException if it is a URI, exists and is not the model, or is the base of an
   *     adapter
   */
  public static void check(ModelSource model, Path output) {
    if (ModelLocation.isUri(output.toString())) {
      throw new OutputException(
          output
              + " is a URI, but models are written to a path of a file system that all machines"
              + " mount. Name such a path, and copy the directory afterwards (hadoop fs -put).");
    }
    if (isSame(model.directory(), output) && model.adapter().isPresent()) {
      throw new OutputException(
          output
              + " is the base of the adapter, which would be changed for all that use it; choose"
              + " another output directory.");
    }
    if (Files.exists(output) && !isSame(model.directory(), output)) {
      throw new OutputException(
          output
              + " exists; remove it, choose another output directory, or write to the model's own"
              + " directory.");
    }
  }

  private static boolean isSame(Path model, Path output) {
    try {
      return Files.exists(output) && Files.isSameFile(model, output);
    } catch (IOException e) {
      throw new OutputException(output + " cannot be read: " + e, e);
    }
  }

  /**
   * Makes the staging folder.
   *
   * @param model what the new one is made from; the files of an adapter are put beside the weights
   * @param output the directory to make; the model's own to replace files of it
   * @param replaced names of the files that are written anew, in the order in which they are put in
   *     place
   * @throws OutputException if {@link #check} fails or the folder cannot be written
   */
  public static StagedModel create(ModelSource model, Path output, List<String> replaced) {
    Path target = output.toAbsolutePath().normalize();
    String name = "." + target.getFileName() + ".staging-" + UUID.randomUUID();
    return create(model, output, replaced, target.resolveSibling(name));
  }

  /**
   * As {@link #create(ModelSource, Path, List)}, in a given staging folder on the output's disk;
   * what is in it is removed.
   */
  public static StagedModel create(
      ModelSource model, Path output, List<String> replaced, Path folder) {
    check(model, output);
    Path target = output.toAbsolutePath().normalize();
    FileUtil.fullyDelete(folder.toFile());
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw cannotWrite(target, e);
    }
    return new StagedModel(model, target, folder, replaced);
  }

  private static OutputException cannotWrite(Path target, IOException e) {
    return new OutputException(
        "The model cannot be written to "
            + target
            + " ("
            + e
            + "). Free some space, allow writing there, or choose another output directory.",
        e);
  }

  /**
   * A new directory in the staging folder with the model's files, without the replaced ones. It
   * takes the place of the draft before, which no pass may use any more: executors then release the
   * weights that they loaded from there.
   */
  public Path draft() {
    FileUtil.fullyDelete(folder.resolve("draft-" + drafts).toFile());
    Path draft = folder.resolve("draft-" + ++drafts);
    try {
      link(draft);
    } catch (IOException e) {
      throw cannotWrite(draft, e);
    }
    return draft;
  }

  /** Hard links, or copies where links cannot be made; files are replaced, never changed. */
  private void link(Path draft) throws IOException {
    Files.createDirectories(draft);
    List<Path> files;
    try (Stream<Path> entries = Files.list(model.directory())) {
      files = new ArrayList<>(entries.filter(Files::isRegularFile).toList());
    }
    for (String name : List.of(PeftAdapter.CONFIG_FILE, PeftAdapter.WEIGHTS_FILE)) {
      model.adapter().ifPresent(adapter -> files.add(adapter.resolve(name)));
    }
    for (Path file : files) {
      Path link = draft.resolve(file.getFileName());
      if (replaced.contains(file.getFileName().toString())) {
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
   * Puts a draft in the output's place, in one step; where that is the model itself, its replaced
   * files, each in one step.
   *
   * @return the output
   */
  public Path publish(Path draft) {
    try {
      if (isSame(model.directory(), output)) {
        for (String name : replaced) {
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
      throw cannotWrite(output, e);
    }
    return output;
  }

  @Override
  public void close() {
    if (!FileUtil.fullyDelete(folder.toFile())) {
      LOG.warn("The staging folder {} could not be removed", folder);
    }
  }
}
