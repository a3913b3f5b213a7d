package org.sparkadept.udfs.conf;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.decoder.compute.TensorCores;
import org.sparkadept.decoder.compute.WeightPrecision;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitOptions;
import org.sparkadept.udfs.scoring.ErrorMode;
import org.sparkadept.udfs.scoring.ScoringOptions;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The values of the configuration keys. What is laid over later wins; a run lays over, in this
 * order, the file {@code adept.conf}, Spark's conf and the arguments of the call. Immutable.
 */
public final class AdeptConf {
  private static final String HADOOP = "spark.hadoop.";
  private static final Pattern ALIAS = Pattern.compile("spark\\.adept\\.model\\.([\\w-]+)\\.path");

  private final EnumMap<AdeptKey, String> values;
  private final Map<String, String> aliases;
  private final Map<String, String> hadoop;

  private AdeptConf(
      EnumMap<AdeptKey, String> values, Map<String, String> aliases, Map<String, String> hadoop) {
    this.values = values;
    this.aliases = aliases;
    this.hadoop = hadoop;
  }

  /** Every key at its default. */
  public static AdeptConf defaults() {
    return new AdeptConf(new EnumMap<>(AdeptKey.class), Map.of(), Map.of());
  }

  /**
   * Lays a conf over this one; keys that do not begin with {@code spark.adept.} are not ours, and
   * those of Hadoop ({@code spark.hadoop.}) kept for the model's file system.
   *
   * @param source where the conf comes from, for messages
   * @throws AdeptException if a key under {@code spark.adept.} does not exist
   */
  public AdeptConf over(Map<String, String> conf, String source) {
    EnumMap<AdeptKey, String> merged = new EnumMap<>(AdeptKey.class);
    merged.putAll(values);
    Map<String, String> named = new TreeMap<>(aliases);
    Map<String, String> files = new TreeMap<>(hadoop);
    conf.forEach(
        (name, value) -> {
          Matcher alias = ALIAS.matcher(name);
          if (alias.matches()) {
            named.put(alias.group(1), value.trim());
          } else if (name.startsWith(HADOOP)) {
            files.put(name, value);
          } else {
            AdeptKey.find(name, source).ifPresent(key -> merged.put(key, value.trim()));
          }
        });
    return new AdeptConf(merged, named, files);
  }

  /** The settings of a Spark session over the defaults. */
  public static AdeptConf of(SparkSession spark) {
    return defaults()
        .over(CollectionConverters.asJava(spark.conf().getAll()), "the session's configuration");
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

  /**
   * The model directory, if one is set; a name without a {@code /} may be an alias, which {@code
   * spark.adept.model.ALIAS.path} stands for.
   */
  public Optional<String> modelPath() {
    String model = get(AdeptKey.MODEL_PATH);
    return Optional.of(aliases.getOrDefault(model, model)).filter(path -> !path.isEmpty());
  }

  /** All keys that are set, aliases of models included, with their values. */
  public Map<String, String> entries() {
    Map<String, String> entries = new TreeMap<>();
    values.forEach((key, value) -> entries.put(key.key(), value));
    aliases.forEach((alias, path) -> entries.put("spark.adept.model." + alias + ".path", path));
    return entries;
  }

  /** The keys that begin with {@code spark.hadoop.}, with their values. */
  public Map<String, String> hadoopEntries() {
    return hadoop;
  }

  /** The models that have an alias, by alias. */
  public Map<String, String> aliases() {
    return aliases;
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
        .withDevice(deviceOptions())
        .withMaxTokens(integer(AdeptKey.MODEL_MAX_TOKENS))
        .withExit(
            ExitOptions.defaults()
                .withPolicy(
                    get(AdeptKey.EXIT_POLICY),
                    threshold.isEmpty() ? Float.NaN : decimal(AdeptKey.EXIT_THRESHOLD))
                .withTokenExit(get(AdeptKey.EXIT_TOKENS)));
  }

  /**
   * Which GPU computes, where one does.
   *
   * @throws AdeptException if a value is malformed or out of its range
   */
  public DeviceOptions deviceOptions() {
    long waveBytes = bytes(AdeptKey.GPU_WAVE_MEMORY);
    if (waveBytes <= 0) {
      throw malformed(AdeptKey.GPU_WAVE_MEMORY, "a size above 0", null);
    }
    return new DeviceOptions(
        get(AdeptKey.GPU_DEVICE),
        waveBytes,
        constant(AdeptKey.GPU_PRECISION, WeightPrecision.class, "auto, f32 or f16"),
        constant(AdeptKey.GPU_TENSOR_CORES, TensorCores.class, "auto, true or false"));
  }

  private <E extends Enum<E>> E constant(AdeptKey key, Class<E> type, String wanted) {
    try {
      return Enum.valueOf(type, get(key).toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw malformed(key, wanted, e);
    }
  }

  /**
   * How a data set is scored.
   *
   * @throws AdeptException if a value is malformed or out of its range
   */
  public ScoringOptions scoringOptions() {
    return new ScoringOptions(
        integer(AdeptKey.BATCH_ROWS),
        bytes(AdeptKey.BATCH_BYTES),
        ErrorMode.parse(get(AdeptKey.ON_ERROR)));
  }

  /**
   * A key that is true or false.
   *
   * @throws AdeptException if it is neither
   */
  public boolean flag(AdeptKey key) {
    String value = get(key).toLowerCase(Locale.ROOT);
    if (!value.equals("true") && !value.equals("false")) {
      throw malformed(key, "true or false", null);
    }
    return value.equals("true");
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
