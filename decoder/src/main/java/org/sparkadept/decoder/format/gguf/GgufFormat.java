package org.sparkadept.decoder.format.gguf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.CheckpointFormat;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.format.TokenizerSource;
import org.sparkadept.decoder.format.safetensors.SafetensorsFormat;

/**
 * Directories with one GGUF file, or the shards of one model. A {@code tokenizer.json} beside them
 * is used in place of the tokenizer in the file; a {@code config.json} is not read.
 */
public final class GgufFormat implements CheckpointFormat {
  @Override
  public boolean recognizes(Path directory) {
    return !GgufFiles.all(directory).isEmpty();
  }

  @Override
  public Checkpoint open(Path directory) {
    GgufModel model = GgufModel.open(GgufFiles.ofModel(directory));
    try {
      GgufSettings settings = new GgufSettings(model);
      return new Checkpoint(
          directory,
          JsonObject.of(model.path(), settings.config()),
          GgufStore.of(model, settings),
          tokenizer(directory, model.keys()));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static TokenizerSource tokenizer(Path directory, GgufKeys keys) {
    Path beside = directory.resolve(SafetensorsFormat.TOKENIZER_FILE);
    if (Files.exists(beside) || !GgufTokenizer.isIn(keys)) {
      return TokenizerSource.file(beside);
    }
    return new TokenizerSource(keys.file(), Optional.of(() -> GgufTokenizer.json(keys)));
  }
}
