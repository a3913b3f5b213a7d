package org.sparkadept.training.export;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsFormat;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelFamilies;
import org.sparkadept.training.data.LabelSet;
import org.sparkadept.training.evaluate.ExitOutcomes;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.Weights;
import org.sparkadept.training.tokenizer.TokenizerFile;

/** A Hugging Face model directory with exit heads beside it, with or without its adept.json yet. */
public final class ModelDirectory {
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
    HuggingFaceLayout.backbone(model, values).write(path.resolve(SafetensorsFormat.WEIGHTS_FILE));
    HuggingFaceLayout.exits(model, values).write(path.resolve(AdeptFormat.TENSOR_FILE));
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
    try (Checkpoint backbone = Checkpoint.open(path);
        TensorStore exits = SafetensorsStore.openFile(path.resolve(AdeptFormat.TENSOR_FILE))) {
      return Weights.of(manager, model, HuggingFaceLayout.fuse(model, backbone.tensors(), exits));
    }
  }

  private ModelConfig config() {
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      return ModelFamilies.config(checkpoint);
    }
  }

  /**
   * Writes adept.json beside the other files, which must be complete: an exit after every layer and
   * the policy {@code confidence}, with the figures that its threshold was chosen by.
   *
   * @param validation answers of the exported weights on the validation rows
   * @param chosen the policy on these rows
   * @throws CheckpointException if a file cannot be read or written
   */
  public void writePolicy(ExitOutcomes validation, ExitOutcomes.AtThreshold chosen) {
    double[] accuracies = new double[validation.exits()];
    Arrays.setAll(accuracies, validation::accuracy);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("rows", validation.rows());
    figures.put("exit_accuracy", accuracies);
    figures.put("tolerated_accuracy_loss", ExitOutcomes.TOLERATED_LOSS);
    figures.put("accuracy", chosen.accuracy());
    figures.put("agreement_with_full_depth", chosen.agreement());
    figures.put("mean_exit_layer", chosen.meanExitLayer());
    int[] exitLayers = IntStream.rangeClosed(1, validation.exits()).toArray();
    float threshold = (float) chosen.threshold();
    new AdeptWriter(labels().names(), exitLayers, PolicyKind.CONFIDENCE, threshold)
        .figures("validation", figures)
        .write(path);
  }

  /**
   * The threshold of the policy {@code confidence} in adept.json; empty where it has another
   * policy, as after {@code adept fit}.
   *
   * @throws CheckpointException if it cannot be read
   */
  public OptionalDouble confidence() {
    try (org.sparkadept.decoder.adept.ModelDirectory directory =
        org.sparkadept.decoder.adept.ModelDirectory.open(path)) {
      AdeptParts parts = directory.adept().orElseThrow();
      return parts.policy() == PolicyKind.CONFIDENCE
          ? OptionalDouble.of(parts.threshold())
          : OptionalDouble.empty();
    }
  }
}
