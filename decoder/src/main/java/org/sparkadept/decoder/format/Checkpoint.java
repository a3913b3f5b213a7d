package org.sparkadept.decoder.format;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.error.CheckpointException;

/**
 * A checkpoint, whatever its format: what a model is made of before anything is fitted to it.
 *
 * @param directory where it lies
 * @param config the model's configuration, with the keys of Hugging Face's {@code config.json}
 * @param tensors the weights by name
 * @param tokenizer where the tokenizer is; its file need not exist, see {@link #requireTokenizer}
 */
public record Checkpoint(
    Path directory, JsonObject config, TensorStore tensors, TokenizerSource tokenizer)
    implements AutoCloseable {

  /**
   * Opens a directory in whichever known {@link CheckpointFormat} it has. Weights are not read yet.
   *
   * @throws CheckpointException if the directory or a file of it is missing, malformed or cut
   */
  public static Checkpoint open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw Files.exists(directory)
          ? new CheckpointException(directory + " is a file; give its directory.")
          : CheckpointException.missing(directory);
    }
    CheckpointFormat chosen = null;
    for (CheckpointFormat format : formats()) {
      if (chosen == null || (!chosen.recognizes(directory) && format.recognizes(directory))) {
        chosen = format;
      }
    }
    if (chosen == null) {
      throw new AdeptException(
          "No checkpoint format is on the class path: META-INF/services/"
              + CheckpointFormat.class.getName()
              + " is missing. Merge service files when jars are repackaged.");
    }
    return chosen.open(directory);
  }

  /** Whether a directory has weights in a known format. */
  public static boolean isIn(Path directory) {
    for (CheckpointFormat format : formats()) {
      if (format.recognizes(directory)) {
        return true;
      }
    }
    return false;
  }

  private static ServiceLoader<CheckpointFormat> formats() {
    return ServiceLoader.load(CheckpointFormat.class, CheckpointFormat.class.getClassLoader());
  }

  /** The files that an answer depends on, each once: configuration, tokenizer, weights. */
  public List<Path> files() {
    Set<Path> files = new LinkedHashSet<>(List.of(config.file(), tokenizerFile()));
    files.addAll(tensors.files());
    return List.copyOf(files);
  }

  /** The file that the tokenizer is read from, be it there or not. */
  public Path tokenizerFile() {
    return tokenizer.file();
  }

  /**
   * The tokenizer's file.
   *
   * @throws CheckpointException if there is none
   */
  public Path requireTokenizer() {
    if (!Files.exists(tokenizerFile())) {
      throw new CheckpointException(
          tokenizerFile()
              + " does not exist; download it with the model or, where the model has only an older"
              + " kind of tokenizer file, save it as a fast tokenizer (in Python:"
              + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)).");
    }
    return tokenizerFile();
  }

  @Override
  public void close() {
    tensors.close();
  }
}
