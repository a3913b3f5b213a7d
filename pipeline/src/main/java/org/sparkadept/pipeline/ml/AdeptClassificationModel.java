package org.sparkadept.pipeline.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.pipeline.ml.fit.FitResult;
import org.sparkadept.udfs.classify.ClassifyFunction;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.scoring.ArrowScoring;
import org.sparkadept.udfs.table.InputColumns;

/**
 * Classifies texts with a fitted model directory; an MLlib {@code Model}. Adds the answer as an
 * index ({@code predictionCol}, a double that names its labels in its metadata) and as text, its
 * probability, the layer that answered and the error of a row without an answer. NULL in, NULL out.
 */
public final class AdeptClassificationModel extends Model<AdeptClassificationModel>
    implements MLWritable {
  private static final long serialVersionUID = 1L;
  private static final String PREFIX = "__adept_";

  private final String uid;
  private final String directory;
  private final ArrayList<String> labels;
  private final ScoringParams columns;
  private final transient FitResult fit;

  AdeptClassificationModel(String uid, String directory, List<String> labels, FitResult fit) {
    this.uid = uid;
    this.directory = directory;
    this.labels = new ArrayList<>(labels);
    this.fit = fit;
    columns = new ScoringParams(this);
    columns.setDefaults(this);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** The model directory: a path, or a URI. */
  public String directory() {
    return directory;
  }

  /** Label names by index. */
  public List<String> labels() {
    return List.copyOf(labels);
  }

  /** What the fit rests on; nothing for a model that was loaded. */
  public Optional<FitResult> fitResult() {
    return Optional.ofNullable(fit);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> rows) {
    transformSchema(rows.schema());
    Dataset<Row> input = rows.toDF();
    DecoderOptions options =
        DecoderOptions.defaults()
            .withBackend(getOrDefault(columns.backend))
            .withDevice(AdeptConf.of(input.sparkSession()).deviceOptions())
            .withMaxTokens((int) getOrDefault(columns.maxTokens));
    ClassifyFunction function = new ClassifyFunction(directory, options, false);
    Dataset<Row> scored =
        ArrowScoring.score(input, columns.text(this), function, function.fields(), PREFIX);
    return scored.select(results(input.schema()).toArray(new Column[0]));
  }

  private List<Column> results(StructType input) {
    List<Column> results = new ArrayList<>();
    for (String name : input.fieldNames()) {
      results.add(InputColumns.column(name));
    }
    String prediction = getOrDefault(columns.predictionCol);
    results.add(
        index(col(PREFIX + ClassifyFunction.LABEL))
            .as(prediction, ScoringParams.metadata(prediction, labels)));
    add(results, ClassifyFunction.LABEL, columns.predictedLabelCol);
    add(results, ClassifyFunction.SCORE, columns.scoreCol);
    add(results, ClassifyFunction.EXIT_LAYER, columns.exitLayerCol);
    add(results, ClassifyFunction.ERROR, columns.errorCol);
    String labelIndex = getOrDefault(columns.labelIndexCol);
    if (!labelIndex.isEmpty()) {
      StructField label = InputColumns.of(input).label(columns.label(this));
      Column value = InputColumns.column(label);
      Column known =
          label.dataType() instanceof NumericType
              ? value.cast("double")
              : functions.coalesce(index(value.cast("string")), unseen(value));
      results.add(functions.when(value.isNotNull(), known).as(labelIndex));
    }
    return results;
  }

  private static Column unseen(Column label) {
    return functions
        .raise_error(functions.concat(lit("The model does not know the label '"), label, lit("'.")))
        .cast("double");
  }

  private void add(List<Column> results, String child, Param<String> name) {
    if (!getOrDefault(name).isEmpty()) {
      results.add(col(PREFIX + child).as(getOrDefault(name)));
    }
  }

  /** Index of a label; NULL for one that the model does not know. */
  private Column index(Column label) {
    Column position =
        functions.array_position(lit(labels.toArray(new String[0])), label).cast("double");
    return functions.when(position.gt(lit(0)), position.minus(lit(1)));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    columns.checkInput(this, schema, false);
    return columns.output(this, schema, labels);
  }

  @Override
  public AdeptClassificationModel copy(ParamMap extra) {
    AdeptClassificationModel copy = new AdeptClassificationModel(uid, directory, labels, fit);
    return copyValues(copy, extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new ModelFolder.Writer(this);
  }

  /** Reads what {@link #write} wrote. */
  public static MLReader<AdeptClassificationModel> read() {
    return new ModelFolder.Reader();
  }

  /**
   * Loads what was saved.
   *
   * @throws IOException if it cannot be read
   */
  public static AdeptClassificationModel load(String path) throws IOException {
    return read().load(path);
  }

  /** Column with the text. Default: text. */
  public Param<String> textCol() {
    return columns.textCol;
  }

  /** Sets {@link #textCol}. */
  public AdeptClassificationModel setTextCol(String value) {
    set(columns.textCol, value);
    return this;
  }

  /** Column with the label: a string, or whole numbers. Default: label. */
  public Param<String> labelCol() {
    return columns.labelCol;
  }

  /** Sets {@link #labelCol}. */
  public AdeptClassificationModel setLabelCol(String value) {
    set(columns.labelCol, value);
    return this;
  }

  /** Added by the model: index of the answer. */
  public Param<String> predictionCol() {
    return columns.predictionCol;
  }

  /** Sets {@link #predictionCol}. */
  public AdeptClassificationModel setPredictionCol(String value) {
    set(columns.predictionCol, value);
    return this;
  }

  /** Added by the model: the answer; empty for none. */
  public Param<String> predictedLabelCol() {
    return columns.predictedLabelCol;
  }

  /** Sets {@link #predictedLabelCol}. */
  public AdeptClassificationModel setPredictedLabelCol(String value) {
    set(columns.predictedLabelCol, value);
    return this;
  }

  /** Added by the model: probability of the answer; empty for none. */
  public Param<String> scoreCol() {
    return columns.scoreCol;
  }

  /** Sets {@link #scoreCol}. */
  public AdeptClassificationModel setScoreCol(String value) {
    set(columns.scoreCol, value);
    return this;
  }

  /** Added by the model: layer that answered; empty for none. */
  public Param<String> exitLayerCol() {
    return columns.exitLayerCol;
  }

  /** Sets {@link #exitLayerCol}. */
  public AdeptClassificationModel setExitLayerCol(String value) {
    set(columns.exitLayerCol, value);
    return this;
  }

  /** Added by the model: why a row has no answer; empty for none. */
  public Param<String> errorCol() {
    return columns.errorCol;
  }

  /** Sets {@link #errorCol}. */
  public AdeptClassificationModel setErrorCol(String value) {
    set(columns.errorCol, value);
    return this;
  }

  /** Added by the model: index of the label, for evaluators; empty (the default) for none. */
  public Param<String> labelIndexCol() {
    return columns.labelIndexCol;
  }

  /** Sets {@link #labelIndexCol}. */
  public AdeptClassificationModel setLabelIndexCol(String value) {
    set(columns.labelIndexCol, value);
    return this;
  }

  /** Compute backend: auto, cpu, reference. */
  public Param<String> backend() {
    return columns.backend;
  }

  /** Sets {@link #backend}. */
  public AdeptClassificationModel setBackend(String value) {
    set(columns.backend, value);
    return this;
  }

  /** Longest row in tokens; 0: the smaller of 512 and the model's bound. */
  public IntParam maxTokens() {
    return columns.maxTokens;
  }

  /** Sets {@link #maxTokens}. */
  public AdeptClassificationModel setMaxTokens(int value) {
    set(columns.maxTokens, value);
    return this;
  }
}
