package org.sparkadept.decoder.adept;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.adapter.PeftAdapter;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.FileHash;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.format.PlainName;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.Limits;
import org.sparkadept.decoder.model.family.ModelFamilies;
import org.sparkadept.decoder.prompt.ChatFormat;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.decoder.prompt.PromptTemplate;
import org.sparkadept.decoder.tensor.Tensor;

/** Reads {@link AdeptParts} and checks that they belong to the checkpoint beside them. */
final class AdeptReader {
  private static final Logger LOG = LoggerFactory.getLogger(AdeptReader.class);

  private final JsonObject json;
  private final ModelConfig config;
  private final Checkpoint checkpoint;

  private AdeptReader(JsonObject json, ModelConfig config, Checkpoint checkpoint) {
    this.json = json;
    this.config = config;
    this.checkpoint = checkpoint;
  }

  /**
   * @param config its configuration
   * @param checkpoint its weights
   * @return the parts, or nothing where the directory has none
   * @throws CheckpointException if one of the two files is missing, malformed, or was fitted on
   *     another checkpoint
   */
  static Optional<AdeptParts> read(ModelConfig config, Checkpoint checkpoint) {
    Path directory = checkpoint.directory();
    Path jsonFile = directory.resolve(AdeptFormat.JSON_FILE);
    Path tensorFile = directory.resolve(AdeptFormat.TENSOR_FILE);
    if (Files.exists(jsonFile) != Files.exists(tensorFile)) {
      Path there = Files.exists(jsonFile) ? jsonFile : tensorFile;
      Path missing = there == jsonFile ? tensorFile : jsonFile;
      throw new CheckpointException(
          String.format(
              "%s exists, but %s is missing: they belong together. Copy both from the"
                  + " fitted model, or remove the one to run without early exits.",
              there, missing));
    }
    if (!Files.exists(jsonFile)) {
      return Optional.empty();
    }
    return Optional.of(
        new AdeptReader(JsonObject.read(jsonFile), config, checkpoint).read(tensorFile));
  }

  private AdeptParts read(Path tensorFile) {
    int version = json.positive(AdeptFormat.FORMAT_VERSION, Integer.MAX_VALUE);
    if (version > AdeptFormat.VERSION) {
      throw json.wrong(
          AdeptFormat.FORMAT_VERSION,
          String.format(
              "is %d, but this release reads versions up to %d only; fit the model again or use"
                  + " the release that wrote it",
              version, AdeptFormat.VERSION));
    }
    LabelReader labelReader = new LabelReader(json, config, checkpoint);
    List<String> labels = labelReader.labels();
    LabelRule rule = labelReader.rule(labels);
    int[] exitLayers = readExitLayers();
    List<ExitHead.Input> headInputs = readHeadInputs(exitLayers);
    boolean ensemble = json.flag(AdeptFormat.EXIT_ENSEMBLE, false);
    int checkpointLayers = readCheckpointLayers();
    AdeptParts.TunedSplit tunedSplit = readTunedSplit();
    Prompt prompt = prompt(json);
    PolicyKind policy = readPolicy();
    float threshold = readThreshold(policy);
    AdeptParts.TokenPolicySettings tokenPolicy = readTokenPolicy(exitLayers);
    float minScore = readMinScore();
    Map<String, String> fittedOn = readFittedOn();
    TensorStore tensors = SafetensorsStore.openFile(tensorFile);
    try {
      checkHeads(tensors, labelReader, labels, rule, exitLayers, headInputs);
      checkHashes(fittedOn);
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
    return new AdeptParts(
        labels,
        rule,
        exitLayers,
        headInputs,
        ensemble,
        checkpointLayers,
        tunedSplit,
        prompt,
        policy,
        threshold,
        tokenPolicy,
        minScore,
        fittedOn,
        tensors);
  }

  private int[] readExitLayers() {
    int[] exitLayers = json.integers(AdeptFormat.EXIT_LAYERS);
    int previous = 0;
    for (int layer : exitLayers) {
      if (layer < 1 || layer > config.layers()) {
        throw json.wrong(
            AdeptFormat.EXIT_LAYERS,
            "names layer " + layer + ", but the model has layers 1 to " + config.layers());
      }
      if (layer <= previous) {
        throw json.wrong(
            AdeptFormat.EXIT_LAYERS, "must ascend, but " + layer + " follows after " + previous);
      }
      previous = layer;
    }
    if (previous == 0) {
      throw json.wrong(AdeptFormat.EXIT_LAYERS, "is empty; name at least one layer");
    }
    return exitLayers;
  }

  private List<ExitHead.Input> readHeadInputs(int[] exitLayers) {
    List<ExitHead.Input> inputs =
        new ArrayList<>(Collections.nCopies(exitLayers.length, ExitHead.Input.CLASS_TOKEN));
    Map<String, String> named =
        json.has(AdeptFormat.HEAD_INPUTS) ? json.textMap(AdeptFormat.HEAD_INPUTS) : Map.of();
    named.forEach(
        (layer, input) -> {
          int exit = 0;
          while (exit < exitLayers.length && !layer.equals(String.valueOf(exitLayers[exit]))) {
            exit++;
          }
          if (exit == exitLayers.length) {
            throw json.wrong(
                AdeptFormat.HEAD_INPUTS,
                String.format(
                    "names %s, which is not one of the exit layers %s",
                    CheckpointException.quote(layer), Arrays.toString(exitLayers)));
          }
          try {
            inputs.set(exit, ExitHead.Input.parse(input));
          } catch (AdeptException e) {
            throw json.wrong(
                AdeptFormat.HEAD_INPUTS,
                String.format(
                    "has %s for layer %s; known are %s",
                    CheckpointException.quote(input), layer, List.of(ExitHead.Input.values())));
          }
        });
    return List.copyOf(inputs);
  }

  private int readCheckpointLayers() {
    if (!json.has(AdeptFormat.CHECKPOINT_LAYERS)) {
      return config.layers();
    }
    int layers = json.positive(AdeptFormat.CHECKPOINT_LAYERS, Limits.LAYERS);
    if (layers < config.layers()) {
      throw json.wrong(
          AdeptFormat.CHECKPOINT_LAYERS,
          "is " + layers + ", but the model beside it has " + config.layers() + " layers");
    }
    return layers;
  }

  private AdeptParts.TunedSplit readTunedSplit() {
    if (!json.has(AdeptFormat.TUNED_SPLIT)) {
      return null;
    }
    JsonObject split = json.object(AdeptFormat.TUNED_SPLIT);
    return new AdeptParts.TunedSplit(
        split.has(AdeptFormat.COLUMN) ? split.text(AdeptFormat.COLUMN) : "",
        split.longNumber(AdeptFormat.SEED),
        split.number(AdeptFormat.TRAIN_RATIO),
        split.number(AdeptFormat.VALIDATION_RATIO));
  }

  /** What rows are written in; null where a row is its text. */
  static Prompt prompt(JsonObject json) {
    if (!json.has(AdeptFormat.PROMPT)) {
      return null;
    }
    JsonObject prompt = json.object(AdeptFormat.PROMPT);
    String template = prompt.text(AdeptFormat.TEMPLATE);
    String chat = prompt.has(AdeptFormat.CHAT) ? prompt.text(AdeptFormat.CHAT) : "";
    try {
      return new Prompt(
          PromptTemplate.parse(template), chat.isEmpty() ? null : ChatFormat.parse(chat));
    } catch (AdeptException e) {
      throw json.wrong(AdeptFormat.PROMPT, "cannot be used. " + withoutStop(e.getMessage()));
    }
  }

  private static String withoutStop(String sentence) {
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }

  private PolicyKind readPolicy() {
    JsonObject policy = json.object(AdeptFormat.POLICY);
    String kind = policy.text(AdeptFormat.KIND);
    List<String> known = new ArrayList<>();
    for (PolicyKind candidate : PolicyKind.values()) {
      if (candidate != PolicyKind.MODEL && candidate.toString().equals(kind)) {
        return candidate;
      }
      known.add(candidate.toString());
    }
    known.remove(PolicyKind.MODEL.toString());
    throw policy.unsupported(AdeptFormat.KIND, kind, known.toArray(String[]::new));
  }

  private float readThreshold(PolicyKind kind) {
    JsonObject policy = json.object(AdeptFormat.POLICY);
    if (kind == PolicyKind.NONE && !policy.has(AdeptFormat.THRESHOLD)) {
      return Float.NaN;
    }
    return readThreshold(policy);
  }

  private static float readThreshold(JsonObject policy) {
    float threshold = (float) policy.number(AdeptFormat.THRESHOLD);
    if (!(threshold > 0 && threshold <= 1)) {
      throw policy.wrong(
          AdeptFormat.THRESHOLD,
          "must lie in (0, 1], but is " + policy.number(AdeptFormat.THRESHOLD));
    }
    return threshold;
  }

  /** The token policy, be it enabled or not; null where there is none. */
  private AdeptParts.TokenPolicySettings readTokenPolicy(int[] exitLayers) {
    if (!json.has(AdeptFormat.TOKEN_POLICY)) {
      return null;
    }
    JsonObject policy = json.object(AdeptFormat.TOKEN_POLICY);
    float threshold = readThreshold(policy);
    int[] layers = policy.integers(AdeptFormat.EXIT_LAYERS);
    if (layers.length == 0) {
      throw policy.wrong(AdeptFormat.EXIT_LAYERS, "is empty; leave \"token_policy\" out");
    }
    int previous = 0;
    for (int layer : layers) {
      if (layer >= exitLayers[exitLayers.length - 1]
          || Arrays.binarySearch(exitLayers, layer) < 0) {
        throw policy.wrong(
            AdeptFormat.EXIT_LAYERS,
            String.format(
                "names layer %d, but tokens may leave only after exit layers before the last: %s",
                layer, Arrays.toString(Arrays.copyOf(exitLayers, exitLayers.length - 1))));
      }
      if (layer <= previous) {
        throw policy.wrong(
            AdeptFormat.EXIT_LAYERS, "must ascend, but " + layer + " follows after " + previous);
      }
      previous = layer;
    }
    return new AdeptParts.TokenPolicySettings(
        threshold, layers, policy.flag(AdeptFormat.ENABLED, true));
  }

  private float readMinScore() {
    if (!json.has(AdeptFormat.ABSTENTION)) {
      return 0;
    }
    JsonObject abstention = json.object(AdeptFormat.ABSTENTION);
    double minScore = abstention.number(AdeptFormat.MIN_SCORE);
    if (!(minScore >= 0 && minScore <= 1)) {
      throw abstention.wrong(AdeptFormat.MIN_SCORE, "must lie in [0, 1], but is " + minScore);
    }
    return (float) minScore;
  }

  /** The hashes; every file that shapes an answer must be among them. */
  private Map<String, String> readFittedOn() {
    Map<String, String> fittedOn = json.textMap(AdeptFormat.FITTED_ON);
    for (Map.Entry<String, String> entry : fittedOn.entrySet()) {
      if (!PlainName.isPlain(entry.getKey())
          || !entry.getValue().matches("sha256:[0-9a-fA-F]{64}")) {
        throw json.wrong(
            AdeptFormat.FITTED_ON,
            String.format(
                "must map plain file names to sha256:<64 hexadecimal digits>, but has %s: %s",
                CheckpointException.quote(entry.getKey()),
                CheckpointException.quote(entry.getValue())));
      }
    }
    Set<String> needed = new TreeSet<>();
    for (Path file : checkpoint.files()) {
      needed.add(file.getFileName().toString());
    }
    needed.removeAll(fittedOn.keySet());
    if (needed.contains(PeftAdapter.CONFIG_FILE)) {
      throw new CheckpointException(
          json.file()
              + " was fitted without the adapter; leave it out, or fit the model as it was before,"
              + " without adept.json, with it (adept fit --adapter).");
    }
    needed.removeIf(name -> name.endsWith(".index.json")); // Not in older files.
    if (!needed.isEmpty()) {
      throw json.wrong(
          AdeptFormat.FITTED_ON,
          "has no hash of " + String.join(", ", needed) + "; fit the model again, or add the hash");
    }
    return Collections.unmodifiableMap(fittedOn);
  }

  /** Every exit layer has a head; that of the checkpoint's last layer may be the checkpoint's. */
  private void checkHeads(
      TensorStore tensors,
      LabelReader labelReader,
      List<String> labels,
      LabelRule rule,
      int[] exitLayers,
      List<ExitHead.Input> inputs) {
    Optional<String> ownHead = ModelFamilies.classificationHead(checkpoint);
    for (int exit = 0; exit < exitLayers.length; exit++) {
      int layer = exitLayers[exit];
      String weight = AdeptFormat.headWeight(layer);
      if (layer == config.layers() && !tensors.has(weight) && ownHead.isPresent()) {
        labelReader.checkOwnHead(ownHead.get(), labels, rule, inputs.get(exit));
        continue;
      }
      checkShape(tensors, weight, labels.size(), inputs.get(exit).size(config.width()));
      checkShape(tensors, AdeptFormat.headBias(layer), labels.size());
    }
  }

  private static void checkShape(TensorStore tensors, String name, long... expected) {
    Tensor tensor = tensors.tensor(name);
    tensor.dtype();
    if (!Arrays.equals(tensor.shape(), expected)) {
      throw new CheckpointException(
          String.format(
              "%s: tensor %s has shape %s, but the model's labels, width and head_inputs require %s;"
                  + " fit the model again.",
              tensors.files().get(0),
              name,
              Arrays.toString(tensor.shape()),
              Arrays.toString(expected)));
    }
  }

  private void checkHashes(Map<String, String> fittedOn) {
    long start = System.nanoTime();
    for (Map.Entry<String, String> entry : fittedOn.entrySet()) {
      Path file = json.file().resolveSibling(entry.getKey());
      String found = FileHash.of(file);
      if (!found.equalsIgnoreCase(entry.getValue())) {
        throw new CheckpointException(
            String.format(
                "%s was fitted for another checkpoint: %s has hash %s, but the fit saw %s. Use the"
                    + " files it was fitted on, or remove %s and fit again.",
                json.file(), file, found, entry.getValue(), json.file()));
      }
    }
    LOG.info(
        "{}: hashes of {} files agree ({} ms)",
        json.file(),
        fittedOn.size(),
        (System.nanoTime() - start) / 1_000_000);
  }
}
