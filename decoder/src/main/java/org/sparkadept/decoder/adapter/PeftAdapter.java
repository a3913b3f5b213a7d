package org.sparkadept.decoder.adapter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsFormat;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.model.family.ModelFamilies;
import org.sparkadept.decoder.tensor.Tensor;

/**
 * A LoRA adapter as PEFT saves it: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}. Its tensors are those of a module of the base behind the prefix
 * {@code base_model.model.}:
 *
 * <ul>
 *   <li>{@code MODULE.lora_A.weight} [rank, in] and {@code MODULE.lora_B.weight} [out, rank], whose
 *       product is added to the module's weight;
 *   <li>{@code MODULE.lora_embedding_A} [rank, vocabulary] and {@code MODULE.lora_embedding_B}
 *       [width, rank], the same for an embedding;
 *   <li>any other tensor of a module that was trained whole, such as {@code score.weight}, and
 *       biases: they take the place of the base's.
 * </ul>
 *
 * <p>The labels of a classification head that the adapter brings are named by a {@code config.json}
 * beside it, else by the base's where it has as many, else {@code LABEL_0}, {@code LABEL_1} and so
 * on, as in Transformers.
 */
public final class PeftAdapter {
  /** Settings. */
  public static final String CONFIG_FILE = "adapter_config.json";

  /** Tensors. */
  public static final String WEIGHTS_FILE = "adapter_model.safetensors";

  private static final Logger LOG = LoggerFactory.getLogger(PeftAdapter.class);
  private static final String PREFIX = "base_model.model.";
  private static final String OWN = ".base_layer.";

  /** The model's own head, which no answer depends on. */
  private static final String LANGUAGE_HEAD = PREFIX + "lm_head.";

  /** Token embeddings, which PEFT may save unasked. */
  private static final List<String> EMBEDDINGS = List.of("embed_tokens.weight", "wte.weight");

  /** What names of a backbone begin with in some files, and not in others. */
  private static final List<String> BACKBONES = List.of("model.", "transformer.");

  private static final List<String> LABEL_KEYS = List.of("id2label", "num_labels", "problem_type");

  /** How the two factors of a change are named. */
  private enum Factors {
    LINEAR(".lora_A.weight", ".lora_B.weight"),
    EMBEDDING(".lora_embedding_A", ".lora_embedding_B");

    private final String down;
    private final String up;

    Factors(String down, String up) {
      this.down = down;
      this.up = up;
    }

    /** What a tensor is a factor of; null where it is none. */
    static Factors of(String stored) {
      for (Factors factors : values()) {
        if (stored.endsWith(factors.down) || stored.endsWith(factors.up)) {
          return factors;
        }
      }
      return null;
    }

    /** The module of a factor. */
    String module(String stored) {
      int end = stored.endsWith(down) ? down.length() : up.length();
      return stored.substring(PREFIX.length(), stored.length() - end);
    }
  }

  private final Path directory;
  private final LoraSettings settings;
  private final TensorStore tensors;
  private final Checkpoint base;
  private final Map<String, Tensor> changed = new LinkedHashMap<>();

  private PeftAdapter(Path directory, LoraSettings settings, TensorStore tensors, Checkpoint base) {
    this.directory = directory;
    this.settings = settings;
    this.tensors = tensors;
    this.base = base;
  }

  /** Whether a directory holds an adapter. */
  public static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(CONFIG_FILE));
  }

  /**
   * The model that an adapter was made for, as its configuration names it.
   *
   * @throws CheckpointException if the configuration is malformed, or not supported
   */
  public static String base(Path directory) {
    return LoraSettings.read(directory.resolve(CONFIG_FILE)).base();
  }

  /**
   * The files of an adapter that answers depend on, those that are there.
   *
   * @param directory the adapter's own folder
   */
  public static List<Path> files(Path directory) {
    return List.of(CONFIG_FILE, WEIGHTS_FILE, SafetensorsFormat.CONFIG_FILE).stream()
        .map(directory::resolve)
        .filter(Files::exists)
        .toList();
  }

  /**
   * A base with an adapter merged into its weights when they are read.
   *
   * @param base the checkpoint, which is closed with the one that is returned
   * @param directory the adapter's folder; may be the base's
   * @throws CheckpointException if a file is missing or malformed, the adapter is of a kind that is
   *     not supported, or belongs to another base; the base stays open then
   */
  public static Checkpoint merge(Checkpoint base, Path directory) {
    LoraSettings settings = LoraSettings.read(directory.resolve(CONFIG_FILE));
    SafetensorsStore tensors = open(directory);
    try {
      return new PeftAdapter(directory, settings, tensors, base).merged();
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  private static SafetensorsStore open(Path directory) {
    Path weights = directory.resolve(WEIGHTS_FILE);
    if (!Files.exists(weights) && Files.exists(directory.resolve("adapter_model.bin"))) {
      throw new CheckpointException(
          directory
              + " has no "
              + WEIGHTS_FILE
              + ", only adapter_model.bin, which can run code when it is read and is therefore not"
              + " read here. Save the adapter as safetensors (in Python:"
              + " model.save_pretrained(folder, safe_serialization=True)).");
    }
    return SafetensorsStore.openFile(weights);
  }

  private Checkpoint merged() {
    List<String> factors = new ArrayList<>();
    for (String stored : tensors.names()) {
      if (!stored.startsWith(PREFIX)) {
        throw wrong(stored, "does not begin with " + PREFIX + ", as tensors of adapters do");
      }
      if (Factors.of(stored) != null) {
        factors.add(stored);
      } else if (!stored.startsWith(LANGUAGE_HEAD)) {
        addWhole(stored);
      }
    }
    factors.forEach(this::addChange);
    LOG.info(
        "{}: the adapter {}, made for {}, changes {} tensors",
        base.directory(),
        directory,
        settings.base(),
        changed.size());
    return new Checkpoint(
        base.directory(),
        config(),
        new AdaptedStore(base.tensors(), tensors, settings.file(), changed),
        base.tokenizer());
  }

  /** Adds the change that a tensor is a factor of; called for both, of which A adds it. */
  private void addChange(String stored) {
    Factors factors = Factors.of(stored);
    String module = factors.module(stored);
    if (stored.startsWith(LANGUAGE_HEAD)) {
      return;
    }
    Tensor down = factor(stored, PREFIX + module + factors.down);
    Tensor up = factor(stored, PREFIX + module + factors.up);
    if (stored.equals(up.name())) {
      return;
    }
    if (!settings.isTarget(module)) {
      throw wrong(
          stored,
          "changes the module " + module + ", which the target modules do not name or exclude");
    }
    String name = find(module + ".weight");
    if (name == null) {
      throw unknown(stored, module + ".weight");
    }
    int rank = settings.rank(module);
    requireShape(down, rank, down.dim(1));
    requireShape(up, up.dim(0), rank);
    Tensor weight = changed.containsKey(name) ? changed.get(name) : base.tensors().tensor(name);
    long[] shape = weight.shape();
    boolean embedding = factors == Factors.EMBEDDING;
    boolean straight = Arrays.equals(shape, new long[] {up.dim(0), down.dim(1)});
    boolean turned = Arrays.equals(shape, new long[] {down.dim(1), up.dim(0)});
    if (embedding ? !turned : !straight && !turned) {
      throw wrong(
          stored,
          String.format(
              "and its partner change a weight of [%d, %d], but %s in %s is of %s",
              up.dim(0), down.dim(1), name, base.directory(), Arrays.toString(shape)));
    }
    boolean transposed = embedding || (straight && turned ? settings.isTransposed() : !straight);
    changed.put(
        name, new LowRankTensor(weight, down, up, transposed, (float) settings.scale(module)));
  }

  private Tensor factor(String stored, String name) {
    if (!tensors.has(name)) {
      throw wrong(stored, "has no partner " + name);
    }
    Tensor factor = tensors.tensor(name);
    factor.dtype();
    return factor;
  }

  private void requireShape(Tensor factor, int rows, int cols) {
    if (!Arrays.equals(factor.shape(), new long[] {rows, cols})) {
      throw wrong(
          factor.name(),
          String.format(
              "has shape %s, but the rank in %s asks for [%d, %d]",
              Arrays.toString(factor.shape()), settings.file(), rows, cols));
    }
  }

  private void addWhole(String stored) {
    String name = stored.substring(PREFIX.length()).replace(OWN, ".");
    int end = Math.max(name.lastIndexOf('.'), 0);
    boolean bias = settings.hasBiases() && name.endsWith(".bias");
    boolean embedding = EMBEDDINGS.stream().anyMatch(name::endsWith);
    if (!bias && !embedding && !settings.isSaved(name.substring(0, end))) {
      throw wrong(stored, "is none that LoRA or the modules to save account for");
    }
    Tensor tensor = tensors.tensor(stored);
    tensor.dtype();
    String found = find(name);
    if (found == null && !ModelFamilies.isClassificationHead(name)) {
      throw unknown(stored, name);
    }
    if (found != null
        && !ModelFamilies.isClassificationHead(found)
        && !Arrays.equals(base.tensors().tensor(found).shape(), tensor.shape())) {
      throw wrong(
          stored,
          String.format(
              "has shape %s, but %s in %s has %s",
              Arrays.toString(tensor.shape()),
              found,
              base.directory(),
              Arrays.toString(base.tensors().tensor(found).shape())));
    }
    changed.put(found == null ? name : found, tensor);
  }

  /** The base's name of a tensor, with or without what names of its backbone begin with. */
  private String find(String name) {
    if (base.tensors().has(name)) {
      return name;
    }
    for (String backbone : BACKBONES) {
      String other =
          name.startsWith(backbone) ? name.substring(backbone.length()) : backbone + name;
      if (base.tensors().has(other)) {
        return other;
      }
    }
    return null;
  }

  /** The base's, with the labels of the head that the adapter brings. */
  private JsonObject config() {
    Tensor head =
        changed.entrySet().stream()
            .filter(tensor -> ModelFamilies.isClassificationHead(tensor.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(null);
    if (head == null) {
      return base.config();
    }
    ObjectNode config = base.config().copy();
    Path named = directory.resolve(SafetensorsFormat.CONFIG_FILE);
    if (!directory.equals(base.directory()) && Files.exists(named)) {
      config.remove(LABEL_KEYS);
      config.setAll(JsonObject.read(named).copy().retain(LABEL_KEYS));
    } else if (config.path(LABEL_KEYS.get(0)).size() != head.dim(0)) {
      config.remove(LABEL_KEYS.get(0));
      config.put(LABEL_KEYS.get(1), head.dim(0));
    }
    return JsonObject.of(base.config().file(), config);
  }

  private CheckpointException unknown(String stored, String name) {
    return wrong(
        stored, "belongs to " + name + ", which the base " + base.directory() + " does not have");
  }

  private CheckpointException wrong(String stored, String problem) {
    return new CheckpointException(
        String.format(
            "%s: tensor %s %s. The adapter was made for %s; give that model, and the adapter as it"
                + " was saved.",
            directory.resolve(WEIGHTS_FILE),
            CheckpointException.quote(stored),
            problem,
            settings.base()));
  }
}
