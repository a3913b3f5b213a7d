package org.sparkadept.udfs.conf;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.sparkadept.decoder.error.AdeptException;

/** Every configuration key there is. {@code conf/adept.conf} documents the same keys. */
public enum AdeptKey {
  /** The model directory. */
  MODEL_PATH("spark.adept.model.path", ""),
  /**
   * Where each host keeps the remote models that it fetched; empty is below its temporary folder.
   */
  MODEL_CACHE_DIR("spark.adept.model.cacheDir", ""),
  /** Longest row in tokens; 0 is the smaller of 512 and the model's own bound. */
  MODEL_MAX_TOKENS("spark.adept.model.maxTokens", "0"),
  /**
   * Exit policy: {@code model}, {@code none}, {@code adept}, {@code confidence}, {@code entropy} or
   * {@code patience}.
   */
  EXIT_POLICY("spark.adept.exit.policy", "model"),
  /** Exit threshold τ in (0, 1]; empty is the model's own. */
  EXIT_THRESHOLD("spark.adept.exit.threshold", ""),
  /** Exit of single tokens: {@code model}, {@code none}, {@code fitted} or {@code copy}. */
  EXIT_TOKENS("spark.adept.exit.tokens", "model"),
  /** Compute backend: {@code auto}, {@code tornadovm}, {@code cpu} or {@code reference}. */
  COMPUTE_BACKEND("spark.adept.compute.backend", "auto"),
  /**
   * GPU of the backend {@code tornadovm}: its number, or a part of its name; empty is the first.
   */
  GPU_DEVICE("spark.adept.gpu.device", ""),
  /** Memory of the GPU for waves, in bytes or with a unit ({@code 256m}). */
  GPU_WAVE_MEMORY("spark.adept.gpu.waveMemory", "256m"),
  /** How the GPU holds the weights of matrices: {@code auto}, {@code f32} or {@code f16}. */
  GPU_PRECISION("spark.adept.gpu.precision", "auto"),
  /**
   * Whether the GPU multiplies matrices on tensor cores: {@code auto}, {@code true} or {@code
   * false}.
   */
  GPU_TENSOR_CORES("spark.adept.gpu.tensorCores", "auto"),
  /** Most rows of an Arrow batch. */
  BATCH_ROWS("spark.adept.batch.rows", "4096"),
  /** Text of an Arrow batch, in bytes or with a unit ({@code 8m}). */
  BATCH_BYTES("spark.adept.batch.bytes", "8m"),
  /** Whether the result tells the probabilities of all labels. */
  OUTPUT_SCORES("spark.adept.output.scores", "false"),
  /** {@code permissive} or {@code failfast}. */
  ON_ERROR("spark.adept.rows.onError", "permissive");

  /** What all keys begin with. */
  public static final String PREFIX = "spark.adept.";

  private final String key;
  private final String defaultValue;

  AdeptKey(String key, String defaultValue) {
    this.key = key;
    this.defaultValue = defaultValue;
  }

  /** The key as users write it. */
  public String key() {
    return key;
  }

  /** Its value where nobody sets it. */
  public String defaultValue() {
    return defaultValue;
  }

  /**
   * @param name a key as users write it
   * @param source where it stands, for the message
   * @return the key, or nothing where the name does not begin with {@link #PREFIX}
   * @throws AdeptException if it begins so, but there is no such key
   */
  public static Optional<AdeptKey> find(String name, String source) {
    if (!name.startsWith(PREFIX)) {
      return Optional.empty();
    }
    for (AdeptKey candidate : values()) {
      if (candidate.key.equals(name)) {
        return Optional.of(candidate);
      }
    }
    throw new AdeptException(
        "There is no configuration key "
            + name
            + " ("
            + source
            + "). The keys are "
            + Arrays.stream(values()).map(AdeptKey::key).collect(Collectors.joining(", "))
            + ".");
  }
}
