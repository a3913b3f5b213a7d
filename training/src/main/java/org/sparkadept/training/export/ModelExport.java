package org.sparkadept.training.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.format.safetensors.SafetensorsFormat;
import org.sparkadept.training.tokenizer.TokenizerFile;

/**
 * Replaces a model directory whole. The new one is filled beside it and takes its name when it is
 * complete, so that a reader never finds files of one model among those of another; for an instant,
 * between two renames, it finds none.
 */
public final class ModelExport {
  private static final Set<String> FILES =
      Set.of(
          SafetensorsFormat.CONFIG_FILE,
          TokenizerFile.NAME,
          TokenizerFile.CONFIG_NAME,
          SafetensorsFormat.WEIGHTS_FILE,
          AdeptFormat.TENSOR_FILE,
          AdeptFormat.JSON_FILE,
          ModelCard.NAME);

  private final Path target;
  private final Path draft;
  private final Path retired;

  /**
   * Prepares exports to one place.
   *
   * @param output the model directory, which may exist; its parent is created if missing
   * @throws IOException if it holds files that no export wrote and that would be lost
   */
  public ModelExport(Path output) throws IOException {
    target = Files.exists(output) ? output.toRealPath() : output.toAbsolutePath().normalize();
    draft = target.resolveSibling("." + target.getFileName() + ".new");
    retired = target.resolveSibling("." + target.getFileName() + ".old");
    Files.createDirectories(target.getParent());
    refuseOtherFiles();
  }

  /**
   * An empty directory to fill; the rest of an unfinished export is deleted.
   *
   * @throws IOException if it cannot be made
   */
  public Path begin() throws IOException {
    delete(draft);
    return Files.createDirectory(draft);
  }

  /**
   * Replaces the model directory by the one that was filled.
   *
   * @throws IOException if a directory cannot be renamed or deleted
   */
  public void publish() throws IOException {
    refuseOtherFiles();
    if (Files.exists(target)) {
      delete(retired);
      Files.move(target, retired, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    delete(retired);
  }

  private void refuseOtherFiles() throws IOException {
    for (Path file : files(target)) {
      if (!FILES.contains(file.getFileName().toString())) {
        throw new IOException(
            target
                + " is replaced whole by every export, but holds "
                + file.getFileName()
                + ", which no export wrote; name another directory, or move that file away.");
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    for (Path file : files(directory)) {
      Files.delete(file);
    }
    Files.deleteIfExists(directory);
  }

  /** What a directory holds; nothing if it is not there. */
  private static List<Path> files(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
