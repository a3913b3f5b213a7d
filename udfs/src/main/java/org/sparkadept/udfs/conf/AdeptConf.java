package org.sparkadept.udfs.conf;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.spark.network.util.JavaUtils;
import org.sparkadept.decoder.AdeptException;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.ExitOptions;
import org.sparkadept.udfs.scoring.ErrorMode;
import org.sparkadept.udfs.scoring.ScoringOptions;

/**
 * The values of the configuration keys. What is laid over later wins; a run lays over, in this
 * order, the file {@code adept.conf}, Spark's conf and the arguments of the call. Immutable.
 */
public final class AdeptConf {
  private final EnumMap<AdeptKey, String> values;

  private AdeptConf(EnumMap<AdeptKey, String> values) {
    this.values = values;
  }

  /** Every key at its default. */
  public static AdeptConf defaults() {
    return new AdeptConf(new EnumMap<>(AdeptKey.class));
  }

  /**
   * Lays a conf over this one; keys that do not begin with {@code spark.adept.} are not ours.
   *
   * @param source where the conf comes from, for messages
   * @throws AdeptException if a key under {@code spark.adept.} does not exist
   */
  public AdeptConf over(Map<String, String> conf, String source) {
    EnumMap<AdeptKey, String> merged = new EnumMap<>(AdeptKey.class);
    merged.putAll(values);
    conf.forEach(
        (name, value) ->
            AdeptKey.find(name, source).ifPresent(key -> merged.put(key, value.trim())));
    return new AdeptConf(merged);
  }

  /**
   * Lays a file over this conf: a key and its value a line, {@code #} begins a comment.
   *
   * @throws AdeptException if the file cannot be read, or holds a key that is not ours
   */
  public AdeptConf over(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new AdeptException("Configuration file " + file + " cannot be read: " + e, e);
    }
    AdeptConf conf = this;
    for (String name : properties.stringPropertyNames()) {
      if (!name.startsWith(AdeptKey.PREFIX)) {
        throw new AdeptException(
            file + " holds the key " + name + ", but only keys under spark.adept. belong there.");
      }
      conf = conf.over(Map.of(name, properties.getProperty(name)), file.toString());
    }
    return conf;
  }

  /** Sets one key, as an argument of a call does; null leaves it as it is. */
  public AdeptConf with(AdeptKey key, Object value) {
    return value == null ? this : over(Map.of(key.key(), value.toString()), "argument");
  }

  /** A key's value as text; may be empty. */
  public String get(AdeptKey key) {
    return values.getOrDefault(key, key.defaultValue());
  }

  /** The model directory, if one is set. */
  public Optional<String> modelPath() {
    return Optional.of(get(AdeptKey.MODEL_PATH)).filter(path -> !path.isEmpty());
  }

  /**
   * How the decoder runs.
   *
   * @throws AdeptException if a value is malformed or out of its range
   */
  public DecoderOptions decoderOptions() {
    String threshold = get(AdeptKey.EXIT_THRESHOLD);
    return DecoderOptions.defaults()
        .withBackend(get(AdeptKey.COMPUTE_BACKEND))
        .withMaxTokens(integer(AdeptKey.MODEL_MAX_TOKENS))
        .withExit(
            ExitOptions.defaults()
                .withPolicy(
                    get(AdeptKey.EXIT_POLICY),
                    threshold.isEmpty() ? Float.NaN : decimal(AdeptKey.EXIT_THRESHOLD))
                .withTokenExit(get(AdeptKey.EXIT_TOKENS)));
  }

  /**
   * How a data set is scored.
   *
   * @throws AdeptException if a value is malformed or out of its range
   */
  public ScoringOptions scoringOptions(String outputPrefix) {
    return new ScoringOptions(
        integer(AdeptKey.BATCH_ROWS),
        bytes(AdeptKey.BATCH_BYTES),
        ErrorMode.parse(get(AdeptKey.ON_ERROR)),
        outputPrefix);
  }

  private int integer(AdeptKey key) {
    try {
      return Integer.parseInt(get(key));
    } catch (NumberFormatException e) {
      throw malformed(key, "a whole number", e);
    }
  }

  private float decimal(AdeptKey key) {
    try {
      return Float.parseFloat(get(key));
    } catch (NumberFormatException e) {
      throw malformed(key, "a number", e);
    }
  }

  private long bytes(AdeptKey key) {
    try {
      return JavaUtils.byteStringAsBytes(get(key));
    } catch (NumberFormatException e) {
      throw malformed(key, "a size such as 8m", e);
    }
  }

  private AdeptException malformed(AdeptKey key, String expected, Exception cause) {
    return new AdeptException(
        key.key() + " must be " + expected + ", but is '" + get(key) + "'.", cause);
  }
}
