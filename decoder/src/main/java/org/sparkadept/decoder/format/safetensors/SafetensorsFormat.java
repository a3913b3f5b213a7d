package org.sparkadept.decoder.format.safetensors;

import java.nio.file.Path;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.CheckpointFormat;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.format.TokenizerSource;

/** Hugging Face directories: {@code config.json}, {@code tokenizer.json} and safetensors files. */
public final class SafetensorsFormat implements CheckpointFormat {
  /** The model's configuration. */
  public static final String CONFIG_FILE = "config.json";

  /** The tokenizer. */
  public static final String TOKENIZER_FILE = "tokenizer.json";

  /** The weights, where they are in a single file. */
  public static final String WEIGHTS_FILE = SafetensorsStore.SINGLE_FILE;

  @Override
  public boolean recognizes(Path directory) {
    return SafetensorsStore.isIn(directory);
  }

  @Override
  public Checkpoint open(Path directory) {
    SafetensorsStore tensors = SafetensorsStore.open(directory);
    try {
      return new Checkpoint(
          directory,
          JsonObject.read(directory.resolve(CONFIG_FILE)),
          tensors,
          TokenizerSource.file(directory.resolve(TOKENIZER_FILE)));
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }
}
