package org.sparkadept.pipeline.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.pipeline.calibrate.RiskTarget;
import org.sparkadept.pipeline.job.ModelPath;
import org.sparkadept.pipeline.ml.AdeptClassifier;
import org.sparkadept.pipeline.ml.fit.FitSettings;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.table.NamedColumn;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/**
 * Options that set params of {@link AdeptClassifier}, which has their descriptions, types and
 * defaults.
 */
final class FitOptions {
  private static final String SPLIT_COLUMN = "--split-column";

  /** The params of a fit that has all defaults. */
  private final AdeptClassifier defaults = new AdeptClassifier();

  private final Map<Param<?>, OptionSpec> options = new LinkedHashMap<>();
  @Mixin private final CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--no-token-exit",
      description = "Only rows exit early; no mapper and no token policy are fitted.")
  private boolean noTokenExit;

  @ArgGroup(
      multiplicity = "0..1",
      heading = "Guarantee (default: --max-disagreement " + RiskTarget.DEFAULT_EPSILON + "):%n")
  private RiskOptions risk;

  private final boolean tuned;

  private FitOptions(boolean tuned) {
    this.tuned = tuned;
    add("--prompt", "TEMPLATE", defaults.prompt(), new Template());
    add("--chat", "NAME", defaults.chat());
    add(SPLIT_COLUMN, "NAME", defaults.splitCol());
    add("--train-ratio", "R", defaults.trainRatio(), new NumberRange.Share());
    add("--validation-ratio", "R", defaults.validationRatio(), new NumberRange.Share());
    add("--seed", "N", defaults.seed());
    if (!tuned) {
      add("--heads", "KIND", defaults.heads());
      add("--exit-layers", "N", defaults.exitLayers());
      add("--depth", "DEPTH", defaults.depth());
      add("--head-input", "KIND", defaults.headInput());
      add("--reg-param", "R", defaults.regParam(), NumberRange.notNegative());
    }
    add("--lambda", "L", defaults.lambda(), NumberRange.positive());
    add("--beta", "B", defaults.beta(), NumberRange.positive());
    add(
        "--token-exit-min-tokens",
        "N",
        defaults.tokenExitMinTokens(),
        NumberRange.notNegativeCount());
    add("--token-exit-layers", "N", defaults.tokenExitLayers());
    add("--token-threshold", "T", defaults.tokenThreshold(), NumberRange.threshold());
    add("--mapper-tokens", "N", defaults.mapperTokens(), NumberRange.positiveCount());
    add("--delta", "D", defaults.delta(), new NumberRange.Share());
  }

  /** Options of a fit. */
  static FitOptions ofFit() {
    return new FitOptions(false);
  }

  /** Options of a fit to a model that was tuned: its exits and heads are those of the tuning. */
  static FitOptions ofTuned() {
    return new FitOptions(true);
  }

  /**
   * @param range reads its values; picocli's own conversion where there is none
   */
  private void add(String name, String label, Param<?> param, ITypeConverter<?>... range) {
    Object value = defaults.getDefault(param).getOrElse(() -> "");
    String description = Character.toUpperCase(param.doc().charAt(0)) + param.doc().substring(1);
    boolean shown = !(value instanceof int[]) && !value.equals("");
    OptionSpec option =
        OptionSpec.builder(name)
            .type(type(param))
            .converters(range)
            .splitRegex(param instanceof IntArrayParam ? "," : "")
            .paramLabel(label)
            .description(description + "." + (shown ? " Default: " + value + "." : ""))
            .build();
    options.put(param, option);
    spec.addOption(option);
  }

  private static Class<?> type(Param<?> param) {
    if (param instanceof DoubleParam) {
      return Double.class;
    }
    if (param instanceof LongParam) {
      return Long.class;
    }
    return param instanceof IntArrayParam ? int[].class : String.class;
  }

  /**
   * The settings of a fit.
   *
   * @param conf names the model, and where it is computed
   */
  FitSettings settings(AdeptConf conf, Path output, LabelledInputOptions input) {
    ModelSource model = ModelPath.location(conf).source();
    AdeptClassifier classifier =
        new AdeptClassifier()
            .setModelPath(model.directory().toString())
            .setAdapterPath(model.adapter().map(Path::toString).orElse(""))
            .setOutputPath(output.toString())
            .setBackend(conf.computeOptions().backend())
            .setMaxTokens(conf.classifierOptions().maxTokens())
            .setLongRows(conf.text(AdeptKey.ROWS_LONG))
            .setChunkOverlap(conf.get(AdeptKey.CHUNK_OVERLAP))
            .setChunkMerge(conf.text(AdeptKey.CHUNK_MERGE));
    applyTo(classifier);
    if (tuned) {
      classifier.setHeads(FitSettings.HeadSettings.FIT); // The tuning makes them anew.
    }
    FitSettings settings = classifier.settings();
    Prompt prompt = settings.prompt();
    return settings.withColumns(
        new FitSettings.Columns(
            input.spec().text(prompt == null ? List.of() : prompt.columns()),
            new NamedColumn(input.labelColumn, "--label-column"),
            new NamedColumn(splitColumn(), SPLIT_COLUMN)));
  }

  /** A template, in which a shell's {@code \\n} is a line break. */
  private static final class Template implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      try {
        return text.translateEscapes();
      } catch (IllegalArgumentException e) {
        throw new AdeptException(
            "--prompt has a backslash that begins no escape (\\n, \\t, \\\\): '" + text + "'.", e);
      }
    }
  }

  /** The column with the split; empty for none. */
  private String splitColumn() {
    String column = spec.findOption(SPLIT_COLUMN).getValue();
    return column == null ? "" : column;
  }

  /** Sets the params whose options were given. */
  private void applyTo(AdeptClassifier classifier) {
    options.forEach(
        (param, option) -> {
          if (option.getValue() != null) {
            classifier.set(param.name(), option.getValue());
          }
        });
    if (risk != null) {
      risk.applyTo(classifier);
    }
    classifier.setTokenExit(!noTokenExit);
  }
}
