package org.sparkadept.udfs.conf;

import static org.sparkadept.udfs.conf.ValueType.FLAG;
import static org.sparkadept.udfs.conf.ValueType.SCORE_OR_NONE;
import static org.sparkadept.udfs.conf.ValueType.SHARE_OR_NONE;
import static org.sparkadept.udfs.conf.ValueType.TEXT;
import static org.sparkadept.udfs.conf.ValueType.atLeast;
import static org.sparkadept.udfs.conf.ValueType.bytesUpTo;
import static org.sparkadept.udfs.conf.ValueType.oneOf;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.compute.ComputeOptions.TensorCores;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.prompt.LongRows;

/**
 * The configuration keys: for each its name, type, default and its option in SQL and its argument
 * on the command line. {@code conf/adept.conf} documents the same keys.
 *
 * @param <T> the type of its value
 */
public final class AdeptKey<T> {
  /** What all keys begin with. */
  public static final String PREFIX = "spark.adept.";

  private static final List<AdeptKey<?>> KEYS = new ArrayList<>();
  private static final String NONE = "";
  private static final ClassifierOptions CLASSIFIER = ClassifierOptions.defaults();
  private static final ComputeOptions COMPUTE = ComputeOptions.defaults();
  private static final ScoringOptions SCORING = ScoringOptions.defaults();

  /** The model directory. */
  public static final AdeptKey<String> MODEL_PATH =
      new AdeptKey<>("model.path", TEXT, "", "model", "--model");

  /** The adapter that is merged into the model; empty is none. */
  public static final AdeptKey<String> MODEL_ADAPTER =
      new AdeptKey<>("model.adapter", TEXT, "", "adapter", "--adapter");

  /**
   * Where each host keeps the remote models that it fetched; empty is below its temporary folder.
   */
  public static final AdeptKey<String> MODEL_CACHE_DIR = new AdeptKey<>("model.cacheDir", TEXT, "");

  /** Longest row in tokens; 0 is the smaller of 512 and the model's own bound. */
  public static final AdeptKey<Integer> MODEL_MAX_TOKENS =
      new AdeptKey<>(
          "model.maxTokens", atLeast(0), CLASSIFIER.maxTokens(), "maxTokens", "--max-tokens");

  /** What becomes of longer rows: {@code cut}, or {@code chunk}. */
  public static final AdeptKey<LongRows.Mode> ROWS_LONG =
      new AdeptKey<>(
          "rows.long",
          oneOf(LongRows.Mode.class),
          CLASSIFIER.longRows().mode(),
          "longRows",
          "--long");

  /** Tokens that a chunk of a long row shares with the one before. */
  public static final AdeptKey<Integer> CHUNK_OVERLAP =
      new AdeptKey<>(
          "rows.chunkOverlap",
          atLeast(0),
          CLASSIFIER.longRows().overlap(),
          "chunkOverlap",
          "--chunk-overlap");

  /** How the answers of a row's chunks become one: {@code mean} or {@code max}. */
  public static final AdeptKey<LongRows.Merge> CHUNK_MERGE =
      new AdeptKey<>(
          "rows.chunkMerge",
          oneOf(LongRows.Merge.class),
          CLASSIFIER.longRows().merge(),
          "chunkMerge",
          "--chunk-merge");

  /**
   * Exit policy: {@code model}, {@code none}, {@code adept}, {@code confidence}, {@code entropy} or
   * {@code patience}.
   */
  public static final AdeptKey<PolicyKind> EXIT_POLICY =
      new AdeptKey<>(
          "exit.policy", oneOf(PolicyKind.class), CLASSIFIER.policy(), "policy", "--policy");

  /** Exit threshold τ in (0, 1]; empty, or NaN, is the model's own. */
  public static final AdeptKey<Float> EXIT_THRESHOLD =
      new AdeptKey<>(
          "exit.threshold", SHARE_OR_NONE, CLASSIFIER.threshold(), "threshold", "--threshold");

  /** Exit of single tokens: {@code model}, {@code none}, {@code fitted} or {@code copy}. */
  public static final AdeptKey<TokenExitKind> EXIT_TOKENS =
      new AdeptKey<>(
          "exit.tokens",
          oneOf(TokenExitKind.class),
          CLASSIFIER.tokenExit(),
          "tokenExit",
          "--token-exit");

  /** Compute backend: {@code auto}, {@code tornadovm}, {@code cpu} or {@code reference}. */
  public static final AdeptKey<String> COMPUTE_BACKEND =
      new AdeptKey<>(
          "compute.backend",
          oneOf(ComputeBackends.names()),
          COMPUTE.backend(),
          "backend",
          "--backend");

  /**
   * GPU of the backend {@code tornadovm}: its number, or a part of its name; empty is the first.
   */
  public static final AdeptKey<String> GPU_DEVICE =
      new AdeptKey<>("gpu.device", TEXT, COMPUTE.device().device());

  /** Memory of the GPU for waves, in bytes or with a unit ({@code 256m}). */
  public static final AdeptKey<Long> GPU_WAVE_MEMORY =
      new AdeptKey<>("gpu.waveMemory", bytesUpTo(Long.MAX_VALUE), COMPUTE.device().waveBytes());

  /** How the GPU holds the weights of matrices. */
  public static final AdeptKey<Precision> GPU_PRECISION =
      new AdeptKey<>("gpu.precision", oneOf(Precision.class), COMPUTE.precision());

  /** Whether the GPU multiplies matrices on tensor cores. */
  public static final AdeptKey<TensorCores> GPU_TENSOR_CORES =
      new AdeptKey<>("gpu.tensorCores", oneOf(TensorCores.class), COMPUTE.device().tensorCores());

  /** Most rows of an Arrow batch. */
  public static final AdeptKey<Integer> BATCH_ROWS =
      new AdeptKey<>("batch.rows", atLeast(1), SCORING.batchRows());

  /** Text of an Arrow batch, in bytes or with a unit ({@code 8m}). */
  public static final AdeptKey<Long> BATCH_BYTES =
      new AdeptKey<>(
          "batch.bytes", bytesUpTo(ScoringOptions.MAX_BATCH_BYTES), SCORING.batchBytes());

  /** Whether the result holds the probabilities of all labels. */
  public static final AdeptKey<Boolean> OUTPUT_SCORES =
      new AdeptKey<>("output.scores", FLAG, false, "scores", "--scores");

  /** How many of the most probable labels the result holds with their probabilities; 0 for none. */
  public static final AdeptKey<Integer> OUTPUT_TOP_K =
      new AdeptKey<>("output.topK", atLeast(0), 0, "topK", "--top-k");

  /** Least score of an answer; empty, or NaN, is the model's own. */
  public static final AdeptKey<Float> OUTPUT_MIN_SCORE =
      new AdeptKey<>(
          "output.minScore", SCORE_OR_NONE, CLASSIFIER.minScore(), "minScore", "--min-score");

  /** What happens to rows that cannot be scored. */
  public static final AdeptKey<ErrorMode> ON_ERROR =
      new AdeptKey<>("rows.onError", oneOf(ErrorMode.class), SCORING.onError(), NONE, "--on-error");

  private final String key;
  private final ValueType<T> type;
  private final T defaultValue;
  private final String option;
  private final String argument;

  private AdeptKey(String name, ValueType<T> type, T defaultValue) {
    this(name, type, defaultValue, NONE, NONE);
  }

  private AdeptKey(String name, ValueType<T> type, T defaultValue, String option, String argument) {
    key = PREFIX + name;
    this.type = type;
    this.defaultValue = defaultValue;
    this.option = option;
    this.argument = argument;
    KEYS.add(this);
  }

  /** All keys, in the order of {@code conf/adept.conf}. */
  public static List<AdeptKey<?>> values() {
    return List.copyOf(KEYS);
  }

  /** The options of a call in SQL, and the key of each. */
  public static Map<String, AdeptKey<?>> options() {
    Map<String, AdeptKey<?>> options = new TreeMap<>();
    for (AdeptKey<?> key : KEYS) {
      if (!key.option.isEmpty()) {
        options.put(key.option, key);
      }
    }
    return options;
  }

  /** The key as users write it. */
  public String key() {
    return key;
  }

  /** Its option in SQL and its param in MLlib; empty where it has none. */
  public String option() {
    return option;
  }

  /** Its argument on the command line; empty where it has none. */
  public String argument() {
    return argument;
  }

  /** Its value unless set. */
  public T defaultValue() {
    return defaultValue;
  }

  /** Its default as users write it. */
  public String defaultText() {
    return type.formatter().apply(defaultValue);
  }

  T parse(String text, String origin) {
    return type.parse(text, origin);
  }

  /**
   * @param name a key as users write it
   * @param source where it was set, for the message
   * @return the key, or nothing where the name does not begin with {@link #PREFIX}
   * @throws AdeptException if it begins so, but there is no such key
   */
  public static Optional<AdeptKey<?>> find(String name, String source) {
    if (!name.startsWith(PREFIX)) {
      return Optional.empty();
    }
    for (AdeptKey<?> candidate : KEYS) {
      if (candidate.key.equals(name)) {
        return Optional.of(candidate);
      }
    }
    throw new AdeptException(
        String.format(
            "There is no configuration key %s (%s). The keys are %s.",
            name, source, KEYS.stream().map(AdeptKey::key).collect(Collectors.joining(", "))));
  }
}
