package org.sparkadept.udfs.conf;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.prompt.LongRows;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The values of the configuration keys. What is laid over later wins; a run lays over, in this
 * order, the file {@code adept.conf}, Spark's conf and the arguments of the call. An adapter
 * belongs to the model that is named with it: what names another model names no adapter, unless it
 * says so. Immutable.
 */
public final class AdeptConf {
  private static final String HADOOP = "spark.hadoop.";
  private static final Pattern ALIAS = Pattern.compile("spark\\.adept\\.model\\.([\\w-]+)\\.path");

  private final Map<AdeptKey<?>, Setting> values;
  private final Map<String, String> aliases;
  private final Map<String, String> hadoop;

  /**
   * @param text the value as the user wrote it
   * @param origin the option that gave it, for messages
   */
  private record Setting(String text, String origin) {}

  private AdeptConf(
      Map<AdeptKey<?>, Setting> values, Map<String, String> aliases, Map<String, String> hadoop) {
    this.values = values;
    this.aliases = aliases;
    this.hadoop = hadoop;
  }

  /** Every key at its default. */
  public static AdeptConf defaults() {
    return new AdeptConf(Map.of(), Map.of(), Map.of());
  }

  /**
   * Lays a conf over this one; keys that do not begin with {@code spark.adept.} are not ours, and
   * those of Hadoop ({@code spark.hadoop.}) kept for the model's file system.
   *
   * @param source where the conf comes from, for messages
   * @throws AdeptException if a key under {@code spark.adept.} does not exist
   */
  public AdeptConf over(Map<String, String> conf, String source) {
    return over(conf, source, "");
  }

  /**
   * @param place put after a key's name in messages
   */
  private AdeptConf over(Map<String, String> conf, String source, String place) {
    Map<AdeptKey<?>, Setting> merged = new HashMap<>(values);
    Map<String, String> named = new TreeMap<>(aliases);
    Map<String, String> files = new TreeMap<>(hadoop);
    if (conf.containsKey(AdeptKey.MODEL_PATH.key())) {
      merged.remove(AdeptKey.MODEL_ADAPTER);
    }
    conf.forEach(
        (name, value) -> {
          Matcher alias = ALIAS.matcher(name);
          if (alias.matches()) {
            named.put(alias.group(1), value.trim());
          } else if (name.startsWith(HADOOP)) {
            files.put(name, value);
          } else {
            AdeptKey.find(name, source)
                .ifPresent(key -> merged.put(key, new Setting(value.trim(), name + place)));
          }
        });
    return new AdeptConf(merged, named, files);
  }

  /**
   * Whether a key, of ours or not, says what a call in SQL answers: the key of one of its options,
   * or an alias of a model. All others say how a query is run.
   */
  public static boolean isOfCalls(String key) {
    return ALIAS.matcher(key).matches()
        || AdeptKey.options().values().stream().anyMatch(each -> each.key().equals(key));
  }

  /** The key of an alias of a model. */
  public static String aliasKey(String alias) {
    return "spark.adept.model." + alias + ".path";
  }

  /** The settings of a Spark session over the defaults. */
  public static AdeptConf of(SparkSession spark) {
    return of(CollectionConverters.asJava(spark.conf().getAll()));
  }

  /** The settings of a Spark session, all its keys given, over the defaults. */
  public static AdeptConf of(Map<String, String> session) {
    return defaults().over(session, "the session's configuration");
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
    Map<String, String> entries = new TreeMap<>();
    for (String name : properties.stringPropertyNames()) {
      if (!name.startsWith(AdeptKey.PREFIX)) {
        throw new AdeptException(
            file + " holds the key " + name + ", but only keys under spark.adept. belong there.");
      }
      entries.put(name, properties.getProperty(name));
    }
    return over(entries, file.toString(), " in " + file);
  }

  /** Sets one key by its argument on the command line; null leaves it unchanged. */
  public AdeptConf with(AdeptKey<?> key, Object value) {
    return with(key, value, key.argument().isEmpty() ? key.key() : key.argument());
  }

  /**
   * Sets one key by an option of a call.
   *
   * @param option the option as the user wrote it, for messages
   */
  public AdeptConf withOption(AdeptKey<?> key, String option, String value) {
    return with(key, value, "Option '" + option + "'");
  }

  private AdeptConf with(AdeptKey<?> key, Object value, String origin) {
    if (value == null) {
      return this;
    }
    Map<AdeptKey<?>, Setting> merged = new HashMap<>(values);
    if (key == AdeptKey.MODEL_PATH) {
      merged.remove(AdeptKey.MODEL_ADAPTER);
    }
    merged.put(key, new Setting(value.toString().trim(), origin));
    return new AdeptConf(merged, aliases, hadoop);
  }

  /**
   * A key's value.
   *
   * @throws AdeptException if it is malformed or out of its range
   */
  public <T> T get(AdeptKey<T> key) {
    Setting setting = values.get(key);
    return setting == null ? key.defaultValue() : key.parse(setting.text(), setting.origin());
  }

  /** A key's value as the user wrote it, or its default; may be empty. */
  public String text(AdeptKey<?> key) {
    Setting setting = values.get(key);
    return setting == null ? key.defaultText() : setting.text();
  }

  /**
   * The model directory, if one is set; a name without a {@code /} may be an alias, which {@code
   * spark.adept.model.ALIAS.path} stands for.
   */
  public Optional<String> modelPath() {
    String model = get(AdeptKey.MODEL_PATH);
    return Optional.of(aliases.getOrDefault(model, model)).filter(path -> !path.isEmpty());
  }

  /** The adapter that is merged into the model, if one is set. */
  public Optional<String> adapterPath() {
    return Optional.of(get(AdeptKey.MODEL_ADAPTER)).filter(path -> !path.isEmpty());
  }

  /** All keys that are set, aliases of models included, with their values. */
  public Map<String, String> entries() {
    Map<String, String> entries = new TreeMap<>();
    values.forEach((key, value) -> entries.put(key.key(), value.text()));
    aliases.forEach((alias, path) -> entries.put(aliasKey(alias), path));
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
   * Where and in which precision a model is computed.
   *
   * @throws AdeptException if a value is malformed or out of its range
   */
  public ComputeOptions computeOptions() {
    String backend = get(AdeptKey.COMPUTE_BACKEND);
    boolean maybeGpu =
        backend.equals(ComputeBackends.TORNADOVM) || backend.equals(ComputeBackends.AUTO);
    return ComputeOptions.defaults()
        .withBackend(backend)
        .withPrecision(maybeGpu ? get(AdeptKey.GPU_PRECISION) : Precision.AUTO)
        .withDevice(get(AdeptKey.GPU_DEVICE))
        .withWaveBytes(get(AdeptKey.GPU_WAVE_MEMORY))
        .withTensorCores(get(AdeptKey.GPU_TENSOR_CORES));
  }

  /**
   * How a model answers.
   *
   * @throws AdeptException if a value is malformed or out of its range
   */
  public ClassifierOptions classifierOptions() {
    return ClassifierOptions.defaults()
        .withPolicy(get(AdeptKey.EXIT_POLICY), get(AdeptKey.EXIT_THRESHOLD))
        .withTokenExit(get(AdeptKey.EXIT_TOKENS))
        .withMaxTokens(get(AdeptKey.MODEL_MAX_TOKENS))
        .withLongRows(
            new LongRows(
                get(AdeptKey.ROWS_LONG), get(AdeptKey.CHUNK_OVERLAP), get(AdeptKey.CHUNK_MERGE)))
        .withMinScore(get(AdeptKey.OUTPUT_MIN_SCORE));
  }

  /**
   * How many of the most probable labels the field {@code scores} holds; 0 leaves it out.
   *
   * @throws AdeptException if a value is malformed or out of its range
   */
  public int scoredLabels() {
    int topK = get(AdeptKey.OUTPUT_TOP_K);
    return topK == 0 && get(AdeptKey.OUTPUT_SCORES) ? Integer.MAX_VALUE : topK;
  }

  /**
   * How a data set is scored.
   *
   * @throws AdeptException if a value is malformed or out of its range
   */
  public ScoringOptions scoringOptions() {
    return new ScoringOptions(
        get(AdeptKey.BATCH_ROWS), get(AdeptKey.BATCH_BYTES), get(AdeptKey.ON_ERROR));
  }
}
