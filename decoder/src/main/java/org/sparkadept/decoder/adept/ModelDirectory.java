package org.sparkadept.decoder.adept;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.safetensors.Checkpoint;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ConfigReader;
import org.sparkadept.decoder.tensor.Tensor;

/**
 * A model directory: a Hugging Face checkpoint as it is and, once fitted, the two {@code adept}
 * files. A directory with neither these nor a classification head opens too; whether it can be used
 * is for the caller to say.
 */
public final class ModelDirectory implements AutoCloseable {
  private static final String CONFIG_FILE = "config.json";
  private static final String TOKENIZER_FILE = "tokenizer.json";
  private static final String SCORE = "score.weight";

  private final Path path;
  private final ModelConfig config;
  private final Checkpoint checkpoint;
  private final Optional<AdeptParts> adept;

  private ModelDirectory(
      Path path, ModelConfig config, Checkpoint checkpoint, Optional<AdeptParts> adept) {
    this.path = path;
    this.config = config;
    this.checkpoint = checkpoint;
    this.adept = adept;
  }

  /**
   * Opens the directory. Where it was fitted, all files that the fit saw are hashed, the weights
   * too: that reads each of them once, at the speed of one core's SHA-256.
   *
   * @throws CheckpointException if a file is missing or malformed, or the files do not fit together
   */
  public static ModelDirectory open(Path path) {
    Checkpoint checkpoint = Checkpoint.open(path);
    try {
      Path configFile = path.resolve(CONFIG_FILE);
      ModelConfig config = ConfigReader.read(configFile, checkpoint.has(SCORE));
      if (checkpoint.has(SCORE)) {
        checkLabelCount(configFile, config, checkpoint.tensor(SCORE));
      }
      return new ModelDirectory(
          path, config, checkpoint, AdeptReader.read(path, config, checkpoint));
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  private static void checkLabelCount(Path configFile, ModelConfig config, Tensor score) {
    if (score.dim(0) != config.labels().size()) {
      throw new CheckpointException(
          String.format(
              "%s names %d labels (id2label), but the classification head %s has %d rows; give"
                  + " id2label a name for each row.",
              configFile, config.labels().size(), SCORE, score.dim(0)));
    }
  }

  /** The directory. */
  public Path path() {
    return path;
  }

  /** What {@code config.json} says; its labels are empty unless there is a classification head. */
  public ModelConfig config() {
    return config;
  }

  /** The weights. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The fitted parts, if the directory has them. */
  public Optional<AdeptParts> adept() {
    return adept;
  }

  /**
   * The tokenizer's file.
   *
   * @throws CheckpointException if the directory has none
   */
  public Path tokenizerFile() {
    Path file = path.resolve(TOKENIZER_FILE);
    if (!Files.exists(file)) {
      throw new CheckpointException(
          file
              + " does not exist; download it with the model or, where the model has only an older"
              + " kind of tokenizer file, save it as a fast tokenizer (in Python:"
              + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)).");
    }
    return file;
  }

  /** Lets go of all files. */
  @Override
  public void close() {
    checkpoint.close();
    adept.ifPresent(parts -> parts.tensors().close());
  }
}
