package org.sparkadept.pipeline.ml;

import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.raise_error;
import static org.apache.spark.sql.functions.when;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.classification.ClassificationModel;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.pipeline.ml.fit.FitResult;
import org.sparkadept.pipeline.table.LabelIndex;
import org.sparkadept.pipeline.table.LabelNames;
import org.sparkadept.udfs.classify.ClassifyFunction;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.sharing.LeasedClassifier;
import org.sparkadept.udfs.sharing.SharedModels;
import org.sparkadept.udfs.table.ArrowScoring;
import org.sparkadept.udfs.table.InputColumns;

/**
 * Classifies texts with a fitted model directory; a classification model of MLlib whose features
 * are a STRING column. Adds log-probabilities, probabilities and the index of the answer, as every
 * such model does; and the answer as text, its probability, the layer that answered and the error
 * of a row without an answer. NULL in, NULL out.
 *
 * <p>Of a model whose rows may have several labels, probabilities are of each label by itself and
 * raw predictions their log-odds, and the prediction is an array of indices, as MLlib's
 * MultilabelClassificationEvaluator takes it; a column has the labels with their probabilities.
 */
public final class AdeptClassificationModel
    extends ClassificationModel<String, AdeptClassificationModel>
    implements ScoringParams<AdeptClassificationModel>, MLWritable {
  private static final long serialVersionUID = 2L;
  private static final String PREFIX = "__adept_";
  private static final String PROBABILITIES = PREFIX + "probabilities";
  private static final String POSITION = PREFIX + "position";

  private final String uid;
  private final String directory;
  private final LabelIndex labels;
  private final boolean multiLabel;
  private final transient FitResult fit;

  AdeptClassificationModel(
      String uid, String directory, List<String> labels, boolean multiLabel, FitResult fit) {
    this(StageUid.of(uid), directory, labels, multiLabel, fit);
  }

  private AdeptClassificationModel(
      StageUid uid, String directory, List<String> labels, boolean multiLabel, FitResult fit) {
    this.uid = uid.use();
    this.directory = directory;
    this.labels = new LabelIndex(labels);
    this.multiLabel = multiLabel;
    this.fit = fit;
    ScoringSchema.setDefaults(this);
  }

  @Override
  public String uid() {
    return StageUid.current(uid);
  }

  @Override
  public AdeptClassificationModel self() {
    return this;
  }

  /** The model directory: a path, or a URI. */
  public String directory() {
    return directory;
  }

  /** Label names by index. */
  public List<String> labels() {
    return labels.names();
  }

  /** Whether a row may have several labels. */
  public boolean isMultiLabel() {
    return multiLabel;
  }

  @Override
  public int numClasses() {
    return labels.size();
  }

  /** The figures of the fit; empty for a model that was loaded. */
  public Optional<FitResult> fitResult() {
    return Optional.ofNullable(fit);
  }

  /** Sets {@link #labelCol}. */
  public AdeptClassificationModel setLabelCol(String value) {
    return with(labelCol(), value);
  }

  @Override
  public DataType featuresDataType() {
    return DataTypes.StringType;
  }

  @Override
  public Dataset<Row> transform(Dataset<?> rows) {
    transformSchema(rows.schema());
    Dataset<Row> input = rows.toDF();
    boolean withProbabilities =
        ScoringSchema.has(this, probabilityCol())
            || ScoringSchema.has(this, rawPredictionCol())
            || isDefined(thresholds());
    ClassifyFunction function =
        new ClassifyFunction(
            ModelLocation.of(directory),
            compute(AdeptConf.of(input.sparkSession())),
            options(),
            withProbabilities ? Integer.MAX_VALUE : 0);
    Dataset<Row> scored =
        ArrowScoring.score(
            input,
            ScoringSchema.text(this, function.textColumns()),
            function,
            function.fields(),
            PREFIX);
    if (withProbabilities) {
      Column scores = result(ClassifyFunction.SCORES);
      scored = scored.withColumn(PROBABILITIES, Probabilities.vector(scores, labels));
    }
    if (isDefined(thresholds())) {
      scored = answeredByThresholds(scored);
    }
    return scored.select(results(input.schema()).toArray(new Column[0]));
  }

  /** Puts the label that the thresholds choose in the answer's place. */
  private Dataset<Row> answeredByThresholds(Dataset<Row> scored) {
    Thresholds rule = new Thresholds(getOrDefault(thresholds()));
    UDF1<Vector, Integer> position = p -> p == null ? null : 1 + rule.answer(p);
    Column names = lit(labels.names().toArray(new String[0]));
    Column probabilities = vector_to_array(col(PROBABILITIES), "float32");
    return scored
        .withColumn(
            POSITION, functions.udf(position, DataTypes.IntegerType).apply(col(PROBABILITIES)))
        .withColumn(PREFIX + ClassifyFunction.LABEL, element_at(names, col(POSITION)))
        .withColumn(PREFIX + ClassifyFunction.SCORE, element_at(probabilities, col(POSITION)));
  }

  /** The columns that the model's prompt reads; empty if it has none, or is not seen from here. */
  private List<String> textColumns() {
    return ModelLocation.of(directory)
        .seen()
        .map(ModelSource::directory)
        .map(ModelDirectory::promptOf)
        .map(Prompt::columns)
        .orElse(List.of());
  }

  private ComputeOptions compute(AdeptConf conf) {
    return conf.with(AdeptKey.COMPUTE_BACKEND, getOrDefault(backend())).computeOptions();
  }

  /** An MLlib model answers every row; its score tells which answers to leave out. */
  private ClassifierOptions options() {
    return ScoringSchema.options(this).withMinScore(0);
  }

  private static Column result(String child) {
    return col(PREFIX + child);
  }

  private List<Column> results(StructType input) {
    List<Column> results = new ArrayList<>();
    for (String name : input.fieldNames()) {
      results.add(InputColumns.column(name));
    }
    Column probabilities = col(PROBABILITIES);
    add(
        results,
        multiLabel ? Probabilities.logOdds(probabilities) : Probabilities.logarithms(probabilities),
        rawPredictionCol());
    add(results, probabilities, probabilityCol());
    if (multiLabel) {
      Column answer = result(ClassifyFunction.LABELS);
      add(
          results,
          functions.transform(answer, entry -> labels.of(entry.getField(ClassifyFunction.LABEL))),
          predictionCol());
      add(results, answer, predictedLabelsCol());
    } else {
      addIndex(results, labels.of(result(ClassifyFunction.LABEL)), predictionCol());
    }
    add(results, result(ClassifyFunction.LABEL), predictedLabelCol());
    add(results, result(ClassifyFunction.SCORE), scoreCol());
    add(results, result(ClassifyFunction.EXIT_LAYER), exitLayerCol());
    add(results, result(ClassifyFunction.ERROR), errorCol());
    if (ScoringSchema.has(this, labelIndexCol())) {
      StructField label = InputColumns.of(input).label(ScoringSchema.column(this, labelCol()));
      Column names = LabelNames.column(label);
      if (multiLabel) {
        add(results, functions.transform(names, this::index), labelIndexCol());
      } else {
        addIndex(results, index(names), labelIndexCol());
      }
    }
    return results;
  }

  private void add(List<Column> results, Column value, Param<String> name) {
    if (ScoringSchema.has(this, name)) {
      results.add(value.as(getOrDefault(name)));
    }
  }

  private void addIndex(List<Column> results, Column value, Param<String> name) {
    if (ScoringSchema.has(this, name)) {
      String column = getOrDefault(name);
      results.add(value.as(column, ScoringSchema.metadata(column, labels.names())));
    }
  }

  /** The index of each label name; NULL for NULL. */
  private Column index(Column name) {
    Column unknown =
        raise_error(
            concat(
                lit("The model does not know the label '"),
                name,
                lit(
                    "' of column '"
                        + getOrDefault(labelCol())
                        + "'. It knows "
                        + labels
                        + ". Correct the label, or fit on rows that have it.")));
    return when(name.isNotNull(), coalesce(labels.of(name), unknown));
  }

  /**
   * Natural logarithms of the probabilities of a text's labels, or their log-odds where it may have
   * several; for single texts, {@link #transform} is for many.
   *
   * @throws AdeptException if the text is null or cannot be scored
   */
  @Override
  public Vector predictRaw(String text) {
    if (text == null) {
      throw new AdeptException("There is no text to classify: it is null.");
    }
    AdeptConf conf =
        SparkSession.getActiveSession().isDefined()
            ? AdeptConf.of(SparkSession.active())
            : AdeptConf.defaults();
    try (LeasedClassifier classifier =
        SharedModels.borrow(ModelLocation.of(directory), compute(conf), options())) {
      byte[][] texts = {text.getBytes(StandardCharsets.UTF_8)};
      Classifications answers = classifier.classify(texts, true);
      if (!answers.scored(0)) {
        throw new AdeptException("The text cannot be scored: " + answers.error(0));
      }
      Vector probabilities = Probabilities.vector(answers.probabilities(0));
      return multiLabel
          ? Probabilities.logOdds(probabilities)
          : Probabilities.logarithms(probabilities);
    }
  }

  /**
   * Index of the label that raw predictions give.
   *
   * @throws AdeptException if there may be several; {@link #transform} gives them all
   */
  @Override
  public double raw2prediction(Vector logarithms) {
    if (multiLabel) {
      throw new AdeptException(
          "A multi-label model does not predict one label; use transform, whose prediction is an"
              + " array.");
    }
    return isDefined(thresholds())
        ? new Thresholds(getOrDefault(thresholds())).answer(Probabilities.exponentials(logarithms))
        : logarithms.argmax();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    if (isDefined(thresholds())) {
      if (multiLabel) {
        throw new AdeptException(
            "thresholds are for models of one label; those of a multi-label model are"
                + " label_thresholds in its adept.json. Clear the param.");
      }
      new Thresholds(getOrDefault(thresholds())).check(labels);
    }
    ScoringSchema.check(this, textColumns(), schema, false);
    if (ScoringSchema.has(this, labelIndexCol())) {
      ScoringSchema.checkKind(this, schema, multiLabel);
    }
    return ScoringSchema.output(this, schema, labels.names(), multiLabel);
  }

  @Override
  public AdeptClassificationModel copy(ParamMap extra) {
    AdeptClassificationModel copy =
        new AdeptClassificationModel(uid(), directory, labels.names(), multiLabel, fit);
    return copyValues(copy, extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new ModelFolder.Writer(this);
  }

  /** Reader of models: those that {@link #write} saved, and model directories. */
  public static MLReader<AdeptClassificationModel> read() {
    return new ModelFolder.Reader();
  }

  /**
   * Loads a model that was saved, or any model directory, such as {@code adept fit} writes. That is
   * used where it is, with the default params.
   *
   * @throws AdeptException if the path is neither, or the directory cannot classify
   * @throws IOException if it cannot be read
   */
  public static AdeptClassificationModel load(String path) throws IOException {
    return read().load(path);
  }
}
