package org.sparkadept.decoder.adept;

import java.nio.file.Path;
import java.util.Optional;
import org.sparkadept.decoder.adapter.PeftAdapter;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.Checkpoint;

/**
 * What a model is read from: its directory and, where one was named, the folder of an adapter. An
 * adapter may also lie in the model's directory, beside the weights; a fit puts it there.
 *
 * @param directory the model directory
 * @param adapter a folder with {@code adapter_config.json}; empty where none was named
 */
public record ModelSource(Path directory, Optional<Path> adapter) {
  /** A model directory without an adapter of another folder. */
  public static ModelSource of(Path directory) {
    return new ModelSource(directory, Optional.empty());
  }

  /** The folder of the adapter that is merged: the one that was named, or the model's own. */
  public Optional<Path> adapterFolder() {
    return adapter.or(() -> Optional.of(directory).filter(PeftAdapter::isIn));
  }

  /**
   * Opens the checkpoint; where there is an adapter, it is merged into the weights when they are
   * read.
   *
   * @throws CheckpointException if a file is missing or malformed, or the adapter does not fit
   */
  public Checkpoint open() {
    boolean own = PeftAdapter.isIn(directory);
    if (own && adapter.isPresent()) {
      throw new CheckpointException(
          String.format(
              "%s has an adapter of its own (%s), so %s cannot be merged, too; give the base.",
              directory, PeftAdapter.CONFIG_FILE, adapter.get()));
    }
    if (adapter.isPresent() && !PeftAdapter.isIn(adapter.get())) {
      throw new CheckpointException(
          String.format(
              "%s is no adapter: it has no %s. Give the folder that PEFT saved.",
              adapter.get(), PeftAdapter.CONFIG_FILE));
    }
    if (!own && adapter.isEmpty()) {
      return Checkpoint.open(directory);
    }
    if (own && !Checkpoint.isIn(directory)) {
      throw new CheckpointException(
          String.format(
              "%s is an adapter without its base: give %s as the model (--model) and this folder as"
                  + " the adapter (--adapter).",
              directory, PeftAdapter.base(directory)));
    }
    Checkpoint base = Checkpoint.open(directory);
    try {
      return PeftAdapter.merge(base, adapter.orElse(directory));
    } catch (RuntimeException e) {
      base.close();
      throw e;
    }
  }

  @Override
  public String toString() {
    return directory + adapter.map(folder -> " with adapter " + folder).orElse("");
  }
}
