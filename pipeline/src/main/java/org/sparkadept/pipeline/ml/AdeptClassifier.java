package org.sparkadept.pipeline.ml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.classification.Classifier;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.pipeline.calibrate.RiskTarget;
import org.sparkadept.pipeline.job.ClassifySpec;
import org.sparkadept.pipeline.ml.fit.AdeptFit;
import org.sparkadept.pipeline.ml.fit.FitResult;
import org.sparkadept.pipeline.ml.fit.FitSettings;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * Fits exit heads, exit policy, hidden state mapper and token policy for a frozen backbone, and
 * calibrates the exit threshold; a classifier of MLlib whose features are a STRING column.
 *
 * <pre>{@code
 * AdeptClassificationModel model =
 *     new AdeptClassifier().setModelPath("models/backbone").setLabelCol("topic").fit(rows);
 * }</pre>
 *
 * <p>Each fit makes a model directory of its own in {@code tempPath}, which is deleted when the
 * driver's JVM ends; {@code save} keeps the model. Or it makes {@code outputPath}, once. On a
 * cluster these folders are on a file system that every machine mounts under the same path.
 */
public final class AdeptClassifier
    extends Classifier<String, AdeptClassifier, AdeptClassificationModel>
    implements FitParams<AdeptClassifier>, MLWritable {
  private static final long serialVersionUID = 2L;

  private final String uid;

  /** With a uid of its own. */
  public AdeptClassifier() {
    this(Identifiable$.MODULE$.randomUID("adept"));
  }

  /** With a given uid. */
  public AdeptClassifier(String uid) {
    this(StageUid.of(uid));
  }

  private AdeptClassifier(StageUid uid) {
    this.uid = uid.use();
    ScoringSchema.setDefaults(this);
    setDefault(adapterPath(), "");
    setDefault(outputPath(), "");
    setDefault(prompt(), "");
    setDefault(chat(), "");
    setDefault(tempPath(), "");
    setDefault(splitCol(), "");
    setDefault(trainRatio(), 0.6);
    setDefault(validationRatio(), 0.2);
    setDefault(seed(), 17L);
    setDefault(heads(), "auto");
    setDefault(exitLayers(), new int[0]);
    setDefault(depth(), "auto");
    setDefault(headInput(), "auto");
    setDefault(policyRegParam(), 1e-3);
    setDefault(lambda(), 1.0);
    setDefault(beta(), 0.1);
    setDefault(tokenExit(), true);
    setDefault(tokenExitMinTokens(), 50L);
    setDefault(tokenExitLayers(), new int[0]);
    setDefault(tokenThreshold(), 0.5);
    setDefault(mapperTokens(), 25_000L);
    setDefault(kvErrorWeight(), 0.01);
    setDefault(maxDisagreement(), RiskTarget.DEFAULT_EPSILON);
    setDefault(delta(), RiskTarget.DEFAULT_DELTA);
  }

  @Override
  public String uid() {
    return StageUid.current(uid);
  }

  @Override
  public AdeptClassifier self() {
    return this;
  }

  @Override
  public DataType featuresDataType() {
    return DataTypes.StringType;
  }

  /**
   * Fits.
   *
   * @throws AdeptException for what its user can correct; Spark's own exceptions otherwise
   */
  @Override
  public AdeptClassificationModel fit(Dataset<?> rows) {
    transformSchema(rows.schema());
    return copyValues(train(rows), new ParamMap()).setParent(this);
  }

  @Override
  public AdeptClassificationModel train(Dataset<?> rows) {
    requireNewOutput();
    FitResult result =
        new AdeptFit(rows.sparkSession(), settings(), step -> {})
            .run(rows, ClassifySpec.PARTITIONS_AUTO);
    return new AdeptClassificationModel(
        uid(),
        result.model().toString(),
        result.labels(),
        !result.labelThresholds().isEmpty(),
        result);
  }

  /** Several fits, as of a CrossValidator, may have the same output; none may replace another's. */
  private void requireNewOutput() {
    String output = getOrDefault(outputPath());
    if (!output.isEmpty() && Files.exists(Path.of(output))) {
      throw new AdeptException(
          "outputPath "
              + output
              + " exists. Where a CrossValidator, a TrainValidationSplit or OneVsRest fits several"
              + " models, leave outputPath empty and save the model that you want to keep; else"
              + " name a new directory. 'adept fit' can fit in place.");
    }
  }

  /**
   * The params as the settings of a fit.
   *
   * @throws AdeptException if a value is out of its range
   */
  public FitSettings settings() {
    if (!isDefined(modelPath())) {
      throw new AdeptException("modelPath is not set; name the directory of the backbone.");
    }
    ModelSource source =
        ModelLocation.of(
                getOrDefault(modelPath()),
                Optional.of(getOrDefault(adapterPath())).filter(path -> !path.isEmpty()))
            .source();
    Prompt prompt = prompt(source.directory());
    return new FitSettings(
        source,
        output(),
        new FitSettings.Columns(
            ScoringSchema.text(this, prompt == null ? List.of() : prompt.columns()),
            ScoringSchema.column(this, labelCol()),
            ScoringSchema.column(this, splitCol())),
        new FitSettings.Split(
            number(trainRatio()), number(validationRatio()), (long) getOrDefault(seed())),
        new FitSettings.HeadSettings(
            getOrDefault(heads()),
            integers(exitLayers()),
            FitSettings.Depth.parse(getOrDefault(depth())),
            getOrDefault(headInput()),
            ifSet(regParam())),
        new FitSettings.PolicySettings(
            number(lambda()), number(beta()), number(policyRegParam()), ifSet(stateRegParam())),
        tokens(),
        target(),
        prompt,
        getOrDefault(backend()),
        (int) getOrDefault(maxTokens()),
        ScoringSchema.options(this).longRows());
  }

  /** The prompt of the fit; that of the model, unless all that was fitted with it is replaced. */
  private Prompt prompt(Path model) {
    String template = getOrDefault(prompt());
    String format = getOrDefault(chat());
    Prompt given = Prompt.of(template, format);
    boolean fitted = Files.exists(model.resolve(AdeptFormat.JSON_FILE));
    boolean replaced = getOrDefault(heads()).equals(FitSettings.HeadSettings.FIT);
    if (!fitted || replaced && given != null) {
      return given;
    }
    return Prompt.asFitted(ModelDirectory.promptOf(model), template, format);
  }

  private Path output() {
    String path = getOrDefault(outputPath());
    return path.isEmpty()
        ? TemporaryModels.directory(getOrDefault(tempPath()), uid())
        : Path.of(path);
  }

  private FitSettings.TokenSettings tokens() {
    return (boolean) getOrDefault(tokenExit())
        ? new FitSettings.TokenSettings(
            (long) getOrDefault(tokenExitMinTokens()),
            integers(tokenExitLayers()),
            (long) getOrDefault(mapperTokens()),
            number(kvErrorWeight()),
            number(tokenThreshold()))
        : null;
  }

  private RiskTarget target() {
    boolean loss = isSet(maxAccuracyLoss());
    if (loss && isSet(maxDisagreement())) {
      throw new AdeptException("Set maxDisagreement or maxAccuracyLoss, not both.");
    }
    return loss
        ? new RiskTarget(RiskTarget.Kind.ACCURACY_LOSS, number(maxAccuracyLoss()), number(delta()))
        : new RiskTarget(RiskTarget.Kind.DISAGREEMENT, number(maxDisagreement()), number(delta()));
  }

  private double number(DoubleParam param) {
    return (double) getOrDefault(param);
  }

  private double ifSet(DoubleParam param) {
    return isSet(param) ? number(param) : Double.NaN;
  }

  private List<Integer> integers(IntArrayParam param) {
    return Arrays.stream(getOrDefault(param)).boxed().toList();
  }

  /** The columns that the prompt reads; empty where there is none, or no model yet. */
  private List<String> textColumns() {
    Prompt prompt =
        isDefined(modelPath())
            ? prompt(ModelLocation.of(getOrDefault(modelPath())).path())
            : Prompt.of(getOrDefault(prompt()), getOrDefault(chat()));
    return prompt == null ? List.of() : prompt.columns();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    ScoringSchema.check(this, textColumns(), schema, true);
    return ScoringSchema.output(this, schema, List.of(), ScoringSchema.isMultiLabel(this, schema));
  }

  @Override
  public AdeptClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public MLWriter write() {
    return new DefaultParamsWriter(this);
  }

  /** Reader of saved estimators. */
  public static MLReader<AdeptClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /**
   * Loads a saved estimator.
   *
   * @throws IOException if it cannot be read
   */
  public static AdeptClassifier load(String path) throws IOException {
    return read().load(path);
  }
}
