package org.sparkadept.decoder.adapter;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.sparkadept.decoder.format.JsonObject;

/**
 * An {@code adapter_config.json}. A key that changes the numbers in a way that is not known here is
 * refused, unless it is switched off.
 *
 * <p>A module is named by its path in the model: {@code model.layers.0.self_attn.q_proj}.
 */
final class LoraSettings {
  private static final String TYPE = "peft_type";
  private static final String TASK = "task_type";
  private static final String BASE = "base_model_name_or_path";
  private static final String RANK = "r";
  private static final String RANK_PATTERN = "rank_pattern";
  private static final String ALPHA = "lora_alpha";
  private static final String ALPHA_PATTERN = "alpha_pattern";
  private static final String RANK_STABILIZED = "use_rslora";
  private static final String TARGETS = "target_modules";
  private static final String EXCLUDED = "exclude_modules";
  private static final String LAYERS = "layers_to_transform";
  private static final String LAYERS_PATTERN = "layers_pattern";
  private static final String TRANSPOSED = "fan_in_fan_out";
  private static final String BIAS = "bias";
  private static final String SAVED = "modules_to_save";
  private static final String START = "init_lora_weights";

  private static final Set<String> READ =
      Set.of(
          TYPE,
          TASK,
          BASE,
          RANK,
          RANK_PATTERN,
          ALPHA,
          ALPHA_PATTERN,
          RANK_STABILIZED,
          TARGETS,
          EXCLUDED,
          LAYERS,
          LAYERS_PATTERN,
          TRANSPOSED,
          BIAS,
          SAVED,
          START);

  /** What concerns training, or whom the file is from. */
  private static final Set<String> HARMLESS =
      Set.of(
          "auto_mapping",
          "ensure_weight_tying",
          "eva_config",
          "inference_mode",
          "lora_dropout",
          "megatron_core",
          "peft_version",
          "qalora_group_size",
          "revision");

  /** Ways to begin a training that leave the base as it is. */
  private static final List<String> STARTS = List.of("gaussian", "eva", "orthogonal");

  private static final Pattern LAYER = Pattern.compile(".*?\\.[^.]*\\.(\\d+)\\..*");
  private static final int MAX_RANK = 1 << 16;

  private final JsonObject json;
  private final ModuleNames targets;
  private final ModuleNames excluded;
  private final List<Pattern> layers;
  private final Map<Pattern, Integer> ranks = new LinkedHashMap<>();
  private final Map<Pattern, Double> alphas = new LinkedHashMap<>();
  private final Pattern saved;

  private LoraSettings(JsonObject json) {
    this.json = json;
    checkKind();
    checkKeys();
    targets = ModuleNames.read(json, TARGETS);
    excluded = json.isOff(EXCLUDED) ? null : ModuleNames.read(json, EXCLUDED);
    layers = json.isOff(LAYERS) ? List.of() : layers();
    if (json.has(RANK_PATTERN)) {
      JsonObject patterns = json.object(RANK_PATTERN);
      patterns.keys().forEach(key -> ranks.put(end(RANK_PATTERN, key), rank(patterns, key)));
    }
    if (json.has(ALPHA_PATTERN)) {
      JsonObject patterns = json.object(ALPHA_PATTERN);
      patterns.keys().forEach(key -> alphas.put(end(ALPHA_PATTERN, key), patterns.number(key)));
    }
    saved = json.isOff(SAVED) ? null : saved();
  }

  /**
   * @throws org.sparkadept.decoder.error.CheckpointException if the file is missing or malformed,
   *     or asks for what is not supported
   */
  static LoraSettings read(Path file) {
    return new LoraSettings(JsonObject.read(file));
  }

  private void checkKind() {
    if (!json.text(TYPE).equals("LORA")) {
      throw json.unsupported(TYPE, json.text(TYPE), "LORA");
    }
    List<String> tasks = List.of("SEQ_CLS", "CAUSAL_LM", "FEATURE_EXTRACTION");
    if (json.has(TASK) && !tasks.contains(json.text(TASK))) {
      throw json.unsupported(TASK, json.text(TASK), tasks.toArray(String[]::new));
    }
    if (json.isText(START) && !STARTS.contains(json.text(START))) {
      throw json.wrong(
          START,
          "is \""
              + json.text(START)
              + "\", which changes the base's weights before the training; save the adapter as a"
              + " difference to the base itself (in Python: save_pretrained with"
              + " path_initial_model_for_weight_conversion)");
    }
    List<String> biases = List.of("none", "all", "lora_only");
    if (json.has(BIAS) && !biases.contains(json.text(BIAS))) {
      throw json.unsupported(BIAS, json.text(BIAS), biases.toArray(String[]::new));
    }
  }

  private void checkKeys() {
    for (String key : json.keys()) {
      if (!READ.contains(key) && !HARMLESS.contains(key) && !json.isOff(key)) {
        throw json.wrong(
            key,
            "is set, which is not supported: it changes the weights in another way than LoRA's sum"
                + " of the base and a product. Merge the adapter in Python (merge_and_unload) and"
                + " give the merged model");
      }
    }
  }

  /** The layers that are changed, as patterns whose group is the layer. */
  private List<Pattern> layers() {
    if (json.isOff(LAYERS_PATTERN)) {
      return List.of(LAYER);
    }
    List<String> names =
        json.isText(LAYERS_PATTERN)
            ? List.of(json.text(LAYERS_PATTERN))
            : json.texts(LAYERS_PATTERN);
    return names.stream()
        .map(name -> compiled(LAYERS_PATTERN, "(?:.*?\\.)?" + name + "\\.(\\d+)\\..*"))
        .toList();
  }

  /**
   * PEFT compares ends of paths, not of their parts: {@code norm} is {@code input_layernorm}, too.
   */
  private Pattern saved() {
    return compiled(SAVED, ".*(?:" + String.join("|", json.texts(SAVED)) + ")(?:\\..*)?");
  }

  private Pattern end(String key, String pattern) {
    return compiled(key, "(?:.*\\.)?(?:" + pattern + ")");
  }

  private Pattern compiled(String key, String pattern) {
    try {
      return Pattern.compile(pattern);
    } catch (PatternSyntaxException e) {
      throw json.wrong(key, "holds no regular expression that can be read: " + e.getDescription());
    }
  }

  private static int rank(JsonObject from, String key) {
    return from.positive(key, MAX_RANK);
  }

  /** The file. */
  Path file() {
    return json.file();
  }

  /** The model that the adapter was trained on, as the file names it; may be unknown. */
  String base() {
    return json.isOff(BASE) ? "a model that it does not name" : json.text(BASE);
  }

  /** Whether the weight of a module has LoRA's change. */
  boolean isTarget(String module) {
    return (excluded == null || !excluded.matches(module))
        && !isSaved(module)
        && targets.matches(module)
        && (layers.isEmpty() || isInLayers(module));
  }

  /** Layers that are named restrict lists of names only, as in PEFT. */
  private boolean isInLayers(String module) {
    if (targets.expression() != null) {
      return true;
    }
    int[] chosen =
        json.isWhole(LAYERS)
            ? new int[] {json.whole(LAYERS, 0, Integer.MAX_VALUE)}
            : json.integers(LAYERS);
    for (Pattern pattern : layers) {
      Matcher layer = pattern.matcher(module);
      if (layer.matches()) {
        return Arrays.stream(chosen).anyMatch(each -> layer.group(1).equals(String.valueOf(each)));
      }
    }
    return false;
  }

  /** Whether a module was trained whole, and its tensors take the place of the base's. */
  boolean isSaved(String module) {
    return saved != null && saved.matcher(module).matches();
  }

  /** Whether biases of the base were trained. */
  boolean hasBiases() {
    return json.has(BIAS) && !json.text(BIAS).equals("none");
  }

  /** Whether a weight whose shape does not tell is stored as {@code [in, out]}. */
  boolean isTransposed() {
    return json.flag(TRANSPOSED, false);
  }

  /** The rank of a module's change. */
  int rank(String module) {
    for (Map.Entry<Pattern, Integer> entry : ranks.entrySet()) {
      if (entry.getKey().matcher(module).matches()) {
        return entry.getValue();
      }
    }
    return rank(json, RANK);
  }

  /**
   * What a module's product is multiplied with: {@code α / r}, or {@code α / √r} where it is rank
   * stabilized (Kalajdzievski, arXiv 2312.03732).
   */
  double scale(String module) {
    double alpha = json.number(ALPHA);
    for (Map.Entry<Pattern, Double> entry : alphas.entrySet()) {
      if (entry.getKey().matcher(module).matches()) {
        alpha = entry.getValue();
        break;
      }
    }
    int rank = rank(module);
    return alpha / (json.flag(RANK_STABILIZED, false) ? Math.sqrt(rank) : rank);
  }
}
