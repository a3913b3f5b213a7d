package org.sparkadept.pipeline.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.job.Sessions;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options that set configuration keys; {@link AdeptKey} has their names, types and defaults. What
 * is given here overrides all other configuration.
 */
final class KeyOptions {
  /** Stands for the key's default in a description. */
  private static final String DEFAULT = "@default";

  private final Map<AdeptKey<?>, OptionSpec> options = new LinkedHashMap<>();
  @Mixin private final CommandSpec spec = CommandSpec.create();

  private KeyOptions() {}

  /** Options of every command that runs a model: which, and on what. */
  static KeyOptions ofModel() {
    return new KeyOptions()
        .addModel()
        .add(
            AdeptKey.MODEL_ADAPTER,
            "DIR",
            "A LoRA adapter of PEFT that is merged into the model: a path or a URI.")
        .addComputing();
  }

  /** Those of a fitted model, which has the adapter that it was fitted with, and of long rows. */
  static KeyOptions ofFitted() {
    return new KeyOptions().addModel().addComputing().withLongRows();
  }

  private KeyOptions addModel() {
    return add(
        AdeptKey.MODEL_PATH,
        "DIR",
        "Model directory: a path that exists on every machine, or a URI (hdfs://,"
            + " s3a://), downloaded once per machine.");
  }

  private KeyOptions addComputing() {
    return add(
            AdeptKey.MODEL_MAX_TOKENS,
            "N",
            "Truncate longer texts to N tokens and flag them. Default: "
                + ClassifierOptions.DEFAULT_MAX_TOKENS
                + ", or the model's limit if lower.")
        .add(
            AdeptKey.COMPUTE_BACKEND,
            "NAME",
            "Compute backend: auto, tornadovm (GPU), cpu or reference. " + DEFAULT);
  }

  /** Those of a model, and how longer rows are taken; for a command that chooses the exits. */
  static KeyOptions ofLongRows() {
    return ofModel().withLongRows();
  }

  /** Those, and when rows and tokens exit. */
  static KeyOptions ofAnswers() {
    return ofModel()
        .withLongRows()
        .add(
            AdeptKey.EXIT_POLICY,
            "KIND",
            "Exit policy: model (the one in adept.json), none (full depth), adept,"
                + " confidence, entropy or patience. "
                + DEFAULT)
        .add(
            AdeptKey.EXIT_THRESHOLD,
            "T",
            "Exit threshold in (0, 1], larger is stricter. Default: the model's.")
        .add(
            AdeptKey.EXIT_TOKENS,
            "KIND",
            "Early exit of single tokens: model (as in adept.json), none, fitted (as"
                + " fitted, even if adept.json disables it) or copy (as fitted, without the"
                + " hidden state mapper). "
                + DEFAULT);
  }

  /** Adds how longer rows are taken. */
  private KeyOptions withLongRows() {
    return add(
            AdeptKey.ROWS_LONG,
            "MODE",
            "Longer texts: cut, or chunk (classify every part and merge the answers). " + DEFAULT)
        .add(
            AdeptKey.CHUNK_OVERLAP,
            "N",
            "Tokens that a chunk shares with the one before. " + DEFAULT)
        .add(
            AdeptKey.CHUNK_MERGE,
            "KIND",
            "One answer of those of a text's chunks: mean (of log-probabilities), or max (the"
                + " surest). "
                + DEFAULT);
  }

  /** Those, and what the result holds. */
  static KeyOptions ofResults() {
    return ofAnswers()
        .add(
            AdeptKey.ON_ERROR,
            "MODE",
            "Rows that cannot be scored: permissive (column error has the reason) or"
                + " failfast (the first one fails the job). "
                + DEFAULT)
        .add(
            AdeptKey.OUTPUT_SCORES,
            "",
            "Add the column scores: every label with its probability, the most probable first.")
        .add(
            AdeptKey.OUTPUT_TOP_K,
            "K",
            "Add the column scores with the K most probable labels alone.")
        .add(
            AdeptKey.OUTPUT_MIN_SCORE,
            "S",
            "Leave rows with a score below S without a label (NULL). Default: the model's, which"
                + " adept calibrate --min-precision chooses; else 0.");
  }

  private KeyOptions add(AdeptKey<?> key, String label, String description) {
    OptionSpec option =
        OptionSpec.builder(key.argument())
            .type(isFlag(key) ? Boolean.class : String.class)
            .converters(text -> checked(key, text))
            .paramLabel(label)
            .description(description.replace(DEFAULT, "Default: " + key.defaultText() + "."))
            .build();
    options.put(key, option);
    spec.addOption(option);
    return this;
  }

  private static boolean isFlag(AdeptKey<?> key) {
    return key.defaultValue() instanceof Boolean;
  }

  /**
   * A value as it was given. The number that stands for "as the model has it" is no value: it is
   * said by leaving the option out.
   *
   * @throws AdeptException if it is malformed or out of the key's range
   */
  private static Object checked(AdeptKey<?> key, String text) {
    Object value = AdeptConf.defaults().with(key, text).get(key);
    if (value instanceof Float number && number.isNaN()) {
      throw new AdeptException(
          key.argument()
              + " must be a number, but is '"
              + text
              + "'; leave it out for the model's.");
    }
    return isFlag(key) ? value : text;
  }

  /** The configuration of a run, with these options. */
  AdeptConf conf(SparkConf sparkConf) {
    AdeptConf conf = Sessions.adeptConf(System.getenv(Sessions.CONF_DIR), sparkConf);
    for (Map.Entry<AdeptKey<?>, OptionSpec> option : options.entrySet()) {
      conf = conf.with(option.getKey(), option.getValue().getValue());
    }
    return conf;
  }

  /** The same with the exits at their defaults, for commands that choose them. */
  AdeptConf confWithoutExits(SparkConf sparkConf) {
    AdeptConf conf = conf(sparkConf);
    for (AdeptKey<?> key :
        List.of(AdeptKey.EXIT_POLICY, AdeptKey.EXIT_THRESHOLD, AdeptKey.EXIT_TOKENS)) {
      conf = conf.with(key, key.defaultText());
    }
    return conf;
  }
}
