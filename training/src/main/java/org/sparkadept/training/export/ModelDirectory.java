package org.sparkadept.training.export;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.training.data.LabelSet;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.Weights;
import org.sparkadept.training.safetensors.ElementType;
import org.sparkadept.training.safetensors.SafetensorsFile;
import org.sparkadept.training.safetensors.Tensor;
import org.sparkadept.training.tokenizer.TokenizerFile;

/** A Hugging Face model directory with exit heads beside it. */
public final class ModelDirectory {
  static final String BACKBONE = "model.safetensors";
  static final String EXITS = "adept.safetensors";

  private static final ObjectMapper JSON = new ObjectMapper();

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
   * Writes configuration, tokenizer, backbone in half precision and exit heads in single precision.
   *
   * @param values row-major values by {@link org.sparkadept.training.model.WeightName}
   * @param tokenizers directory that holds the tokenizer files
   * @throws IOException if a file cannot be written
   */
  public void write(ModelShape model, LabelSet labels, Map<String, float[]> values, Path tokenizers)
      throws IOException {
    for (String name : List.of(TokenizerFile.NAME, TokenizerFile.CONFIG_NAME)) {
      Files.copy(tokenizers.resolve(name), path.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    LlamaConfig.write(path, model, labels.names());
    SafetensorsFile.write(
        path.resolve(BACKBONE), HuggingFaceLayout.backbone(model, values), ElementType.F16);
    SafetensorsFile.write(
        path.resolve(EXITS), HuggingFaceLayout.exits(model, values), ElementType.F32);
  }

  /**
   * Sizes of the model.
   *
   * @throws IOException if config.json cannot be read
   */
  public ModelShape shape() throws IOException {
    return LlamaConfig.shape(config());
  }

  /**
   * Labels of the model.
   *
   * @throws IOException if config.json cannot be read
   */
  public LabelSet labels() throws IOException {
    List<String> names = LlamaConfig.labels(config());
    return new LabelSet(names);
  }

  /**
   * Reads the stored weights, rounded as they are.
   *
   * @param manager owns the arrays
   * @throws IOException if a file cannot be read or lacks a tensor
   */
  public Weights weights(NDManager manager) throws IOException {
    Map<String, Tensor> tensors = new HashMap<>(SafetensorsFile.read(path.resolve(BACKBONE)));
    tensors.putAll(SafetensorsFile.read(path.resolve(EXITS)));
    ModelShape model = shape();
    return Weights.of(manager, model, HuggingFaceLayout.fuse(model, tensors));
  }

  private JsonNode config() throws IOException {
    return JSON.readTree(Files.readAllBytes(path.resolve(LlamaConfig.NAME)));
  }
}
