package org.sparkadept.training.export;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.safetensors.Checkpoint;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ConfigReader;
import org.sparkadept.training.data.LabelSet;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.Weights;
import org.sparkadept.training.tokenizer.TokenizerFile;

/** A Hugging Face model directory with exit heads beside it, with or without its adept.json yet. */
public final class ModelDirectory {
  static final String BACKBONE = "model.safetensors";
  static final String EXITS = "adept.safetensors";

  private final Path path;

  /** A directory that exists, filled or not. */
  public ModelDirectory(Path path) {
    this.path = path;
  }

  /** Where it lies. */
  public Path path() {
    return path;
  }

  /** Its tokenizer. */
  public Path tokenizer() {
    return path.resolve(TokenizerFile.NAME);
  }

  /**
   * Writes configuration, tokenizer, backbone in half precision and exit heads in single precision
   * to a directory that has none of them.
   *
   * @param values row-major values by {@link org.sparkadept.training.model.WeightName}
   * @param tokenizers directory that holds the tokenizer files
   * @throws IOException if a file cannot be written
   * @throws CheckpointException if weights cannot be written, or are out of half precision's range
   */
  public void write(ModelShape model, LabelSet labels, Map<String, float[]> values, Path tokenizers)
      throws IOException {
    for (String name : List.of(TokenizerFile.NAME, TokenizerFile.CONFIG_NAME)) {
      Files.copy(tokenizers.resolve(name), path.resolve(name));
    }
    LlamaConfig.write(path, model, labels.names());
    HuggingFaceLayout.backbone(model, values).write(path.resolve(BACKBONE));
    HuggingFaceLayout.exits(model, values).write(path.resolve(EXITS));
  }

  /**
   * Sizes of the model.
   *
   * @throws CheckpointException if config.json cannot be read
   */
  public ModelShape shape() {
    ModelConfig config = config();
    return new ModelShape(
        config.vocabulary(),
        config.labels().size(),
        config.layers(),
        config.width(),
        config.heads(),
        config.kvHeads(),
        config.headDim(),
        config.mlpWidth(),
        config.maxPositions());
  }

  /**
   * Labels of the model.
   *
   * @throws CheckpointException if config.json cannot be read
   */
  public LabelSet labels() {
    return new LabelSet(config().labels());
  }

  /**
   * Reads the stored weights, rounded as they are.
   *
   * @param manager owns the arrays
   * @throws CheckpointException if a file cannot be read or lacks a tensor
   */
  public Weights weights(NDManager manager) {
    ModelShape model = shape();
    try (Checkpoint backbone = Checkpoint.openFile(path.resolve(BACKBONE));
        Checkpoint exits = Checkpoint.openFile(path.resolve(EXITS))) {
      return Weights.of(manager, model, HuggingFaceLayout.fuse(model, backbone, exits));
    }
  }

  private ModelConfig config() {
    return ConfigReader.read(path.resolve(LlamaConfig.NAME), true);
  }
}
