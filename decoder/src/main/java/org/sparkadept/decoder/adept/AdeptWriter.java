package org.sparkadept.decoder.adept;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.FileHash;
import org.sparkadept.decoder.format.safetensors.Checkpoint;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.tensor.DType;

/**
 * Writes {@code adept.json} and {@code adept.safetensors} beside a checkpoint: what {@link
 * AdeptReader} reads. {@link AdeptParts} tells the tensors' names and shapes. Not thread-safe.
 */
public final class AdeptWriter {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FORMAT_VERSION = 1;

  private final List<String> labels;
  private final int[] exitLayers;
  private final SafetensorsWriter tensors = new SafetensorsWriter();
  private final Map<String, Object> policy = new LinkedHashMap<>();
  private final Map<String, Object> blocks = new LinkedHashMap<>();

  /**
   * @param labels label names, in the order of the exit heads' rows
   * @param exitLayers exit layers from 1, ascending, the model's last at the end
   * @param policyKind kind of the exit policy
   * @param threshold τ in (0, 1]; NaN for none, which the policy {@code none} alone can do without
   */
  public AdeptWriter(List<String> labels, int[] exitLayers, String policyKind, float threshold) {
    this.labels = List.copyOf(labels);
    this.exitLayers = exitLayers.clone();
    policy.put("kind", policyKind);
    if (!Float.isNaN(threshold)) {
      policy.put("threshold", threshold);
    }
  }

  /** Adds a tensor of heads, policies or mapper, stored as 32-bit floats. */
  public AdeptWriter tensor(String name, float[] values, int... shape) {
    tensors.add(name, DType.F32, values, shape);
    return this;
  }

  /** Adds a fact to the block {@code policy}, such as the weights λ and β it was fitted with. */
  public AdeptWriter policyFact(String name, double value) {
    policy.put(name, value);
    return this;
  }

  /**
   * There is a token policy.
   *
   * @param threshold τ_t in (0, 1]
   * @param layers exit layers with a token policy
   * @param enabled whether tokens leave by it unless something else is asked for
   */
  public AdeptWriter tokenPolicy(float threshold, int[] layers, boolean enabled) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put("threshold", threshold);
    block.put("exit_layers", layers);
    block.put("enabled", enabled);
    blocks.put("token_policy", block);
    return this;
  }

  /** Adds a block of figures, for people; readers pass over it. */
  public AdeptWriter figures(String name, Map<String, ?> values) {
    blocks.put(name, values);
    return this;
  }

  /**
   * Writes both files, the tensors first; each replaces the one that is there in one step.
   *
   * @param directory the checkpoint, which is hashed here
   * @throws CheckpointException if the checkpoint cannot be read or the files cannot be written
   */
  public void write(Path directory) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format_version", FORMAT_VERSION);
    root.set("labels", JSON.valueToTree(labels));
    root.set("exit_layers", JSON.valueToTree(exitLayers));
    root.set("policy", JSON.valueToTree(policy));
    blocks.forEach((name, block) -> root.set(name, JSON.valueToTree(block)));
    ObjectNode fittedOn = root.putObject("fitted_on");
    for (Path file : fittedFiles(directory)) {
      fittedOn.put(file.getFileName().toString(), FileHash.of(file));
    }
    tensors.write(directory.resolve(AdeptReader.TENSOR_FILE));
    replace(directory.resolve(AdeptReader.JSON_FILE), root);
  }

  private static List<Path> fittedFiles(Path directory) {
    List<Path> files = new ArrayList<>();
    files.add(directory.resolve("config.json"));
    files.add(directory.resolve("tokenizer.json"));
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      files.addAll(checkpoint.files());
    }
    return files;
  }

  private static void replace(Path file, ObjectNode json) {
    Path part = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try {
        Files.write(part, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new CheckpointException(
          file + " cannot be written (" + e + "); free some space or allow writing there.");
    }
  }
}
