package org.sparkadept.decoder.adept;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.model.family.ModelFamilies;
import org.sparkadept.decoder.prompt.Prompt;

/**
 * A model directory: a checkpoint and, once fitted, the two {@code adept} files. A directory with
 * neither these nor a classification head opens too; whether it can be used is for the caller to
 * say.
 */
public final class ModelDirectory implements AutoCloseable {
  private final ModelConfig config;
  private final Checkpoint checkpoint;
  private final Optional<AdeptParts> adept;

  private ModelDirectory(ModelConfig config, Checkpoint checkpoint, Optional<AdeptParts> adept) {
    this.config = config;
    this.checkpoint = checkpoint;
    this.adept = adept;
  }

  /** As {@link #open(ModelSource)}, without an adapter of another folder. */
  public static ModelDirectory open(Path path) {
    return open(ModelSource.of(path));
  }

  /**
   * Opens the directory. Where it was fitted, all files that the fit used are hashed, the weights
   * too: that reads each of them once, at the speed of one core's SHA-256.
   *
   * @throws CheckpointException if a file is missing or malformed, or the files do not fit together
   */
  public static ModelDirectory open(ModelSource source) {
    Checkpoint checkpoint = source.open();
    try {
      ModelConfig config = ModelFamilies.config(checkpoint);
      return new ModelDirectory(config, checkpoint, AdeptReader.read(config, checkpoint));
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  /** As {@link #openBackbone(ModelSource)}, without an adapter of another folder. */
  public static ModelDirectory openBackbone(Path path) {
    return openBackbone(ModelSource.of(path));
  }

  /**
   * Opens the directory without its {@code adept} files, as if it had not been fitted.
   *
   * @throws CheckpointException if a file is missing or malformed
   */
  public static ModelDirectory openBackbone(ModelSource source) {
    Checkpoint checkpoint = source.open();
    try {
      return new ModelDirectory(ModelFamilies.config(checkpoint), checkpoint, Optional.empty());
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  /**
   * The prompt that rows of a model are written in, without opening anything else of it.
   *
   * @return null where a row is its text, or the directory was not fitted
   * @throws CheckpointException if {@code adept.json} is malformed
   */
  public static Prompt promptOf(Path directory) {
    Path json = directory.resolve(AdeptFormat.JSON_FILE);
    return Files.exists(json) ? AdeptReader.prompt(JsonObject.read(json)) : null;
  }

  /** The directory. */
  public Path path() {
    return checkpoint.directory();
  }

  /** The shape of the model; its labels are empty unless there is a classification head. */
  public ModelConfig config() {
    return config;
  }

  /** Configuration, weights and tokenizer. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The fitted parts, if the directory has them. */
  public Optional<AdeptParts> adept() {
    return adept;
  }

  /**
   * Label names: those of the fitted parts, else of the classification head; empty without both.
   */
  public List<String> labels() {
    return adept.map(AdeptParts::labels).orElseGet(config::labels);
  }

  /** The prompt that rows are written in; null where a row is its text. */
  public Prompt prompt() {
    return adept.map(AdeptParts::prompt).orElse(null);
  }

  /**
   * How logits become an answer: as the fitted parts say, else as {@code problem_type} in {@code
   * config.json} does, with thresholds of ½ where a row may have several labels.
   */
  public LabelRule rule() {
    return adept
        .map(AdeptParts::rule)
        .orElseGet(
            () ->
                config.labels().isEmpty()
                    ? LabelRule.SINGLE_LABEL
                    : LabelReader.ruleOfHead(checkpoint, config));
  }

  /**
   * Finds and checks every tensor of the backbone; none is read yet.
   *
   * @throws CheckpointException if one is absent, of another shape or of a type that cannot be read
   */
  public ModelTensors tensors() {
    return ModelFamilies.tensors(config, checkpoint);
  }

  /** Releases all files. */
  @Override
  public void close() {
    checkpoint.close();
    adept.ifPresent(parts -> parts.tensors().close());
  }
}
