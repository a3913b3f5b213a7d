package org.sparkadept.pipeline.ml;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.job.ClassifySpec;
import org.sparkadept.pipeline.ml.fit.AdeptFit;
import org.sparkadept.pipeline.ml.fit.FitResult;
import org.sparkadept.pipeline.ml.fit.FitSettings;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.table.NamedColumn;

/**
 * Fits exit heads, exit policy, hidden state mapper and token policy for a frozen backbone, and
 * calibrates the exit threshold; an MLlib {@code Estimator}.
 *
 * <pre>{@code
 * AdeptClassificationModel model =
 *     new AdeptClassifier().setModelPath("models/backbone").setLabelCol("topic").fit(rows);
 * }</pre>
 *
 * <p>The directory that it makes is {@code outputPath}, or a new one in {@code java.io.tmpdir}
 * without that; {@code adept classify} reads it. On a cluster both paths are on a file system that
 * every machine sees under the same path.
 */
public final class AdeptClassifier extends CalibratedEstimator implements MLWritable {
  private static final long serialVersionUID = 1L;
  private static final long MAPPER_TOKENS = 100_000;
  private static final double MAPPER_RIDGE = 1e-4;
  private static final int TOKEN_POLICY_ROWS = 2_000;

  private final Param<String> modelPath;
  private final Param<String> outputPath;
  private final Param<String> heads;
  private final IntArrayParam exitLayers;
  private final DoubleParam regParam;
  private final DoubleParam policyRegParam;
  private final DoubleParam lambda;
  private final DoubleParam beta;
  private final DoubleParam stateRegParam;
  private final BooleanParam tokenExit;
  private final IntArrayParam tokenExitLayers;
  private final LongParam mapperTokens;
  private final DoubleParam kvErrorWeight;
  private final DoubleParam tokenThreshold;
  private transient Consumer<String> progress = line -> {};

  /** With a uid of its own. */
  public AdeptClassifier() {
    this(Identifiable$.MODULE$.randomUID("adept"));
  }

  /** With a given uid. */
  public AdeptClassifier(String uid) {
    super(uid);
    modelPath = new Param<>(this, "modelPath", "directory of the backbone, on any file system");
    outputPath = new Param<>(this, "outputPath", "directory to make; empty: a temporary one");
    heads = new Param<>(this, "heads", "auto (keep those that fit the labels), fit, or keep");
    exitLayers = new IntArrayParam(this, "exitLayers", "layers from 1; empty: those there, or all");
    regParam = new DoubleParam(this, "regParam", "ridge of the exit heads (>= 0)");
    policyRegParam = new DoubleParam(this, "policyRegParam", "ridge of the policies (> 0)");
    stateRegParam =
        new DoubleParam(this, "stateRegParam", "ridge of what the exit policy reads of the state");
    lambda = new DoubleParam(this, "lambda", "weight of a row answered against the target (> 0)");
    beta = new DoubleParam(this, "beta", "weight of a row's full depth of compute (> 0)");
    tokenExit = new BooleanParam(this, "tokenExit", "whether tokens may leave, too");
    tokenExitLayers = new IntArrayParam(this, "tokenExitLayers", "layers from 1; empty: the lower");
    mapperTokens = new LongParam(this, "mapperTokens", "tokens the mapper is fitted on, about");
    kvErrorWeight =
        new DoubleParam(
            this,
            "kvErrorWeight",
            "worth of a whole relative error of keys, values that is attended to");
    tokenThreshold = new DoubleParam(this, "tokenThreshold", "threshold of the token policy");
    setDefaults();
  }

  private void setDefaults() {
    setDefault(outputPath, "");
    setDefault(heads, "auto");
    setDefault(exitLayers, new int[0]);
    setDefault(regParam, 1e-3);
    setDefault(policyRegParam, 1e-3);
    setDefault(lambda, 1.0);
    setDefault(beta, 0.1);
    setDefault(stateRegParam, 1.0);
    setDefault(tokenExit, true);
    setDefault(tokenExitLayers, new int[0]);
    setDefault(mapperTokens, MAPPER_TOKENS);
    setDefault(kvErrorWeight, 0.01);
    setDefault(tokenThreshold, 0.5);
  }

  /** Told each step of a fit in a line; not a param, and not saved. */
  public AdeptClassifier withProgress(Consumer<String> listener) {
    progress = listener;
    return this;
  }

  @Override
  public AdeptClassificationModel fit(Dataset<?> rows) {
    transformSchema(rows.schema());
    FitResult result =
        new AdeptFit(rows.sparkSession(), settings(), progress)
            .run(rows, ClassifySpec.PARTITIONS_AUTO);
    AdeptClassificationModel model =
        new AdeptClassificationModel(uid(), result.model().toString(), result.labels(), result);
    return copyValues(model, new ParamMap()).setParent(this);
  }

  /**
   * What the params ask for.
   *
   * @throws AdeptException if a value is out of its range
   */
  public FitSettings settings() {
    if (!isDefined(modelPath)) {
      throw new AdeptException("modelPath is not set; name the directory of the backbone.");
    }
    Path model = ModelLocation.of(getOrDefault(modelPath)).path();
    return new FitSettings(
        model,
        output(),
        new FitSettings.Columns(
            columns.text(this),
            columns.label(this),
            new NamedColumn(getOrDefault(splitCol), splitCol.name())),
        new FitSettings.Split(number(trainRatio), number(validationRatio), longOf(seed)),
        headsKind(),
        integers(exitLayers),
        notNegative(regParam),
        new FitSettings.PolicySettings(
            number(lambda), number(beta), number(policyRegParam), number(stateRegParam)),
        tokens(),
        target(),
        DecoderOptions.defaults()
            .withBackend(getOrDefault(columns.backend))
            .withMaxTokens((int) getOrDefault(columns.maxTokens)));
  }

  private Path output() {
    String path = getOrDefault(outputPath);
    return path.isEmpty()
        ? Path.of(System.getProperty("java.io.tmpdir"), uid() + "-" + UUID.randomUUID())
        : Path.of(path);
  }

  private String headsKind() {
    String kind = getOrDefault(heads);
    if (!FitSettings.HEADS.contains(kind)) {
      throw new AdeptException(
          "heads must be one of " + FitSettings.HEADS + ", but is '" + kind + "'.");
    }
    return kind;
  }

  private FitSettings.TokenSettings tokens() {
    return (boolean) getOrDefault(tokenExit)
        ? new FitSettings.TokenSettings(
            integers(tokenExitLayers),
            longOf(mapperTokens),
            MAPPER_RIDGE,
            TOKEN_POLICY_ROWS,
            number(kvErrorWeight),
            number(tokenThreshold))
        : null;
  }

  private double notNegative(DoubleParam param) {
    double value = number(param);
    if (!(value >= 0)) {
      throw new AdeptException(param.name() + " must not be negative, but is " + value + ".");
    }
    return value;
  }

  private long longOf(LongParam param) {
    return (long) getOrDefault(param);
  }

  private List<Integer> integers(IntArrayParam param) {
    List<Integer> values = new ArrayList<>();
    Arrays.stream(getOrDefault(param)).forEach(values::add);
    return values;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    columns.checkInput(this, schema, true);
    return columns.output(this, schema, List.of());
  }

  @Override
  public AdeptClassifier copy(ParamMap extra) {
    AdeptClassifier copy = defaultCopy(extra);
    copy.progress = progress;
    return copy;
  }

  @Override
  public MLWriter write() {
    return new DefaultParamsWriter(this);
  }

  /** Reads what {@link #write} wrote. */
  public static MLReader<AdeptClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /**
   * Loads what was saved.
   *
   * @throws IOException if it cannot be read
   */
  public static AdeptClassifier load(String path) throws IOException {
    return read().load(path);
  }

  /** Directory of the backbone, with or without {@code adept} files. */
  public Param<String> modelPath() {
    return modelPath;
  }

  /** Sets {@link #modelPath}. */
  public AdeptClassifier setModelPath(String value) {
    set(modelPath, value);
    return this;
  }

  /** Directory to make, not there yet; the backbone's own to fit in place. */
  public Param<String> outputPath() {
    return outputPath;
  }

  /** Sets {@link #outputPath}. */
  public AdeptClassifier setOutputPath(String value) {
    set(outputPath, value);
    return this;
  }

  /** Exit heads: auto (keep those of the directory where they cover the labels), fit, keep. */
  public Param<String> heads() {
    return heads;
  }

  /** Sets {@link #heads}. */
  public AdeptClassifier setHeads(String value) {
    set(heads, value);
    return this;
  }

  /** Exit layers from 1; empty: those of the directory, or evenly spaced. */
  public IntArrayParam exitLayers() {
    return exitLayers;
  }

  /** Sets {@link #exitLayers}. */
  public AdeptClassifier setExitLayers(int[] value) {
    set(exitLayers, value);
    return this;
  }

  /** Ridge of the exit heads. Default: 0.001. */
  public DoubleParam regParam() {
    return regParam;
  }

  /** Sets {@link #regParam}. */
  public AdeptClassifier setRegParam(double value) {
    set(regParam, value);
    return this;
  }

  /** Ridge of exit and token policies. Default: 0.001. */
  public DoubleParam policyRegParam() {
    return policyRegParam;
  }

  /** Sets {@link #policyRegParam}. */
  public AdeptClassifier setPolicyRegParam(double value) {
    set(policyRegParam, value);
    return this;
  }

  /** λ, the weight of a row that is answered against the target. Default: 1. */
  public DoubleParam lambda() {
    return lambda;
  }

  /** Sets {@link #lambda}. */
  public AdeptClassifier setLambda(double value) {
    set(lambda, value);
    return this;
  }

  /** β, the weight of compute: that of a row's full depth. Default: 0.1. */
  public DoubleParam beta() {
    return beta;
  }

  /** Sets {@link #beta}. */
  public AdeptClassifier setBeta(double value) {
    set(beta, value);
    return this;
  }

  /** Ridge of the part of the exit policy that reads the hidden state. Default: 1. */
  public DoubleParam stateRegParam() {
    return stateRegParam;
  }

  /** Sets {@link #stateRegParam}. */
  public AdeptClassifier setStateRegParam(double value) {
    set(stateRegParam, value);
    return this;
  }

  /** Whether tokens other than the class token may leave, too. Default: true. */
  public BooleanParam tokenExit() {
    return tokenExit;
  }

  /** Sets {@link #tokenExit}. */
  public AdeptClassifier setTokenExit(boolean value) {
    set(tokenExit, value);
    return this;
  }

  /** Layers after which tokens may leave; empty: exit layers of the lower half, at most four. */
  public IntArrayParam tokenExitLayers() {
    return tokenExitLayers;
  }

  /** Sets {@link #tokenExitLayers}. */
  public AdeptClassifier setTokenExitLayers(int[] value) {
    set(tokenExitLayers, value);
    return this;
  }

  /** Tokens that the mapper is fitted on, about. Default: 100,000. */
  public LongParam mapperTokens() {
    return mapperTokens;
  }

  /** Sets {@link #mapperTokens}. */
  public AdeptClassifier setMapperTokens(long value) {
    set(mapperTokens, value);
    return this;
  }

  /**
   * κ, the violations that one relative error of keys and values, attended to in full, is worth.
   */
  public DoubleParam kvErrorWeight() {
    return kvErrorWeight;
  }

  /** Sets {@link #kvErrorWeight}. */
  public AdeptClassifier setKvErrorWeight(double value) {
    set(kvErrorWeight, value);
    return this;
  }

  /** Threshold of the token policy in (0, 1]. Default: 0.5. */
  public DoubleParam tokenThreshold() {
    return tokenThreshold;
  }

  /** Sets {@link #tokenThreshold}. */
  public AdeptClassifier setTokenThreshold(double value) {
    set(tokenThreshold, value);
    return this;
  }
}
