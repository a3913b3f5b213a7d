package org.sparkadept.decoder.adept;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.exit.AdeptPolicy;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.FileHash;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.decoder.tensor.DType;

/**
 * Writes {@code adept.json} and {@code adept.safetensors} beside a checkpoint, as {@link
 * AdeptFormat} describes them. Layers count from 1, tensors are stored as 32-bit floats, the
 * mapper's matrices in BF16. Not thread-safe.
 */
public final class AdeptWriter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> labels;
  private final int[] exitLayers;
  private final SafetensorsWriter tensors = new SafetensorsWriter();
  private final Map<String, Object> policy = new LinkedHashMap<>();
  private final Map<String, Object> blocks = new LinkedHashMap<>();
  private final Map<String, String> headInputs = new LinkedHashMap<>();
  private LabelRule rule = LabelRule.SINGLE_LABEL;
  private boolean ensemble;
  private int checkpointLayers;
  private boolean hasTensors;

  /**
   * @param labels label names, in the order of the exit heads' rows
   * @param exitLayers exit layers, ascending; the last is full depth
   * @param kind kind of the exit policy
   * @param threshold τ in (0, 1]; NaN for none, which the policy {@code none} alone can do without
   */
  public AdeptWriter(List<String> labels, int[] exitLayers, PolicyKind kind, float threshold) {
    this.labels = List.copyOf(labels);
    this.exitLayers = exitLayers.clone();
    policy.put(AdeptFormat.KIND, kind.toString());
    if (!Float.isNaN(threshold)) {
      policy.put(AdeptFormat.THRESHOLD, threshold);
    }
  }

  /**
   * Adds an exit head.
   *
   * @param input what it reads
   * @param weight {@code [labels, inputs]}
   * @param bias {@code [labels]}
   */
  public AdeptWriter head(int exitLayer, ExitHead.Input input, float[] weight, float[] bias) {
    int inputs = weight.length / bias.length;
    if (input != ExitHead.Input.CLASS_TOKEN) {
      headInputs.put(String.valueOf(exitLayer), input.toString());
    }
    add(AdeptFormat.headWeight(exitLayer), weight, bias.length, inputs);
    return add(AdeptFormat.headBias(exitLayer), bias, bias.length);
  }

  /** States how logits become an answer; {@link LabelRule#SINGLE_LABEL} unless it is set. */
  public AdeptWriter rule(LabelRule value) {
    rule = value;
    return this;
  }

  /** States that an exit's logits are the mean of those of all heads up to there. */
  public AdeptWriter ensemble(boolean value) {
    ensemble = value;
    return this;
  }

  /** States how many layers the checkpoint has that the backbone beside the files was cut from. */
  public AdeptWriter checkpointLayers(int layers) {
    checkpointLayers = layers;
    return this;
  }

  /** Adds the policy {@code adept} of an exit. */
  public AdeptWriter policy(int exitLayer, AdeptPolicy.Weights weights) {
    if (weights.state() != null) {
      add(AdeptFormat.policyState(exitLayer), weights.state(), weights.state().length);
    }
    String features = AdeptFormat.policyFeatures(exitLayer, weights.features());
    add(features, weights.readout(), weights.readout().length);
    return add(AdeptFormat.policyBias(exitLayer), new float[] {weights.bias()}, 1);
  }

  /** Adds a fact to the block {@code policy}, such as the weights λ and β it was fitted with. */
  public AdeptWriter policyFact(String name, double value) {
    policy.put(name, value);
    return this;
  }

  /**
   * States that tokens may exit.
   *
   * @param threshold τ_t in (0, 1]
   * @param layers exit layers with a token policy
   * @param enabled whether tokens exit unless something else is requested
   */
  public AdeptWriter tokenExits(float threshold, int[] layers, boolean enabled) {
    Map<String, Object> block = new LinkedHashMap<>();
    block.put(AdeptFormat.THRESHOLD, threshold);
    block.put(AdeptFormat.EXIT_LAYERS, layers);
    block.put(AdeptFormat.ENABLED, enabled);
    blocks.put(AdeptFormat.TOKEN_POLICY, block);
    return this;
  }

  /** Adds the token policy of an exit layer. */
  public AdeptWriter tokenPolicy(int exitLayer, TokenPolicy tokens) {
    add(AdeptFormat.tokenWeight(exitLayer), tokens.weight(), tokens.weight().length);
    return add(AdeptFormat.tokenBias(exitLayer), new float[] {tokens.bias()}, 1);
  }

  /**
   * Adds the hidden state mapper of an exit layer for a layer above it; without one, its states are
   * copied there.
   */
  public AdeptWriter mapper(int exitLayer, int layer, MapperCorrection correction) {
    MapperTensors.write(tensors, exitLayer, layer, correction);
    hasTensors = true;
    return this;
  }

  /** States how the rows were split that the backbone was tuned on; null where it was not. */
  public AdeptWriter tunedSplit(AdeptParts.TunedSplit split) {
    if (split != null) {
      Map<String, Object> block = new LinkedHashMap<>();
      if (!split.column().isEmpty()) {
        block.put(AdeptFormat.COLUMN, split.column());
      }
      block.put(AdeptFormat.SEED, split.seed());
      block.put(AdeptFormat.TRAIN_RATIO, split.train());
      block.put(AdeptFormat.VALIDATION_RATIO, split.validation());
      blocks.put(AdeptFormat.TUNED_SPLIT, block);
    }
    return this;
  }

  /** States what rows are written in; null where a row is its text. */
  public AdeptWriter prompt(Prompt prompt) {
    if (prompt != null) {
      Map<String, Object> block = new LinkedHashMap<>();
      block.put(AdeptFormat.TEMPLATE, prompt.template().toString());
      if (prompt.chat() != null) {
        block.put(AdeptFormat.CHAT, prompt.chat().toString());
      }
      blocks.put(AdeptFormat.PROMPT, block);
    }
    return this;
  }

  private AdeptWriter add(String name, float[] values, int... shape) {
    tensors.add(name, DType.F32, values, shape);
    hasTensors = true;
    return this;
  }

  /** Adds a block of figures, for people; readers pass over it. */
  public AdeptWriter figures(String name, Map<String, ?> values) {
    blocks.put(name, values);
    return this;
  }

  /** Adds the figures of a calibration. */
  public AdeptWriter calibration(Map<String, ?> values) {
    return figures(AdeptFormat.CALIBRATION, values);
  }

  /**
   * Writes both files, the tensors first; each replaces an existing one in one step. Without
   * tensors {@code adept.safetensors} is left as it is.
   *
   * @param directory the checkpoint, which is hashed here
   * @throws CheckpointException if the checkpoint cannot be read or the files cannot be written
   */
  public void write(Path directory) {
    ObjectNode root = JSON.createObjectNode();
    root.put(
        AdeptFormat.FORMAT_VERSION,
        rule.isMultiLabel() || blocks.containsKey(AdeptFormat.PROMPT)
            ? AdeptFormat.VERSION
            : AdeptFormat.EARLIER_VERSION);
    root.set(AdeptFormat.LABELS, JSON.valueToTree(labels));
    if (rule.isMultiLabel()) {
      root.put(AdeptFormat.PROBLEM_TYPE, AdeptFormat.MULTI_LABEL);
      root.set(AdeptFormat.LABEL_THRESHOLDS, JSON.valueToTree(rule.thresholds()));
    }
    root.set(AdeptFormat.EXIT_LAYERS, JSON.valueToTree(exitLayers));
    if (!headInputs.isEmpty()) {
      root.set(AdeptFormat.HEAD_INPUTS, JSON.valueToTree(headInputs));
    }
    if (ensemble) {
      root.put(AdeptFormat.EXIT_ENSEMBLE, true);
    }
    if (checkpointLayers > 0) {
      root.put(AdeptFormat.CHECKPOINT_LAYERS, checkpointLayers);
    }
    root.set(AdeptFormat.POLICY, JSON.valueToTree(policy));
    blocks.forEach((name, block) -> root.set(name, JSON.valueToTree(block)));
    ObjectNode fittedOn = root.putObject(AdeptFormat.FITTED_ON);
    try (Checkpoint checkpoint = ModelSource.of(directory).open()) {
      for (Path file : checkpoint.files()) {
        fittedOn.put(file.getFileName().toString(), FileHash.of(file));
      }
    }
    if (hasTensors) {
      tensors.write(directory.resolve(AdeptFormat.TENSOR_FILE));
    }
    replace(directory.resolve(AdeptFormat.JSON_FILE), root);
  }

  /**
   * Writes an {@code adept.json} with another policy; all else of the file that is read stays, but
   * for the least score of an answer, which was chosen for the answers under the policy before.
   *
   * @param from the {@code adept.json} to read
   * @param to the {@code adept.json} to write in one step; may be the same
   * @param kind kind of the exit policy
   * @param threshold τ in (0, 1]
   * @param tokenExit whether tokens exit, where a token policy was fitted
   * @param calibration figures of the calibration
   * @throws CheckpointException if a file cannot be read or written
   */
  public static void recalibrate(
      Path from,
      Path to,
      PolicyKind kind,
      float threshold,
      boolean tokenExit,
      Map<String, ?> calibration) {
    ObjectNode root = read(from);
    ObjectNode block = root.withObject("/" + AdeptFormat.POLICY);
    block.put(AdeptFormat.KIND, kind.toString());
    block.put(AdeptFormat.THRESHOLD, threshold);
    if (root.has(AdeptFormat.TOKEN_POLICY)) {
      root.withObject("/" + AdeptFormat.TOKEN_POLICY).put(AdeptFormat.ENABLED, tokenExit);
    }
    root.set(AdeptFormat.CALIBRATION, JSON.valueToTree(calibration));
    root.remove(AdeptFormat.ABSTENTION);
    replace(to, root);
  }

  /**
   * Writes an {@code adept.json} with another least score of an answer; all else of the file that
   * is read stays.
   *
   * @param from the {@code adept.json} to read
   * @param to the {@code adept.json} to write in one step; may be the same
   * @param minScore least score in [0, 1]
   * @param figures of its calibration, for people
   * @throws CheckpointException if a file cannot be read or written
   */
  public static void abstain(Path from, Path to, float minScore, Map<String, ?> figures) {
    ObjectNode root = read(from);
    ObjectNode block = root.putObject(AdeptFormat.ABSTENTION);
    block.put(AdeptFormat.MIN_SCORE, minScore);
    block.setAll(JSON.<ObjectNode>valueToTree(figures));
    replace(to, root);
  }

  private static ObjectNode read(Path file) {
    try {
      return (ObjectNode) JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw CheckpointException.unreadable(file, e);
    }
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
          file + " cannot be written (" + e + "); free some space or allow writing there.", e);
    }
  }
}
