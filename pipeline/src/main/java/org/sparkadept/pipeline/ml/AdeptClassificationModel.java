package org.sparkadept.pipeline.ml;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.Model;
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
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.pipeline.ml.fit.FitResult;
import org.sparkadept.udfs.classify.ClassifyFunction;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.table.ArrowScoring;
import org.sparkadept.udfs.table.InputColumns;

/**
 * Classifies texts with a fitted model directory; an MLlib {@code Model}. Adds the answer as an
 * index ({@code predictionCol}, a double that names its labels in its metadata) and as text, its
 * probability, the layer that answered and the error of a row without an answer. NULL in, NULL out.
 */
public final class AdeptClassificationModel extends Model<AdeptClassificationModel>
    implements ScoringParams<AdeptClassificationModel>, MLWritable {
  private static final long serialVersionUID = 1L;
  private static final String PREFIX = "__adept_";

  private final String uid;
  private final String directory;
  private final ArrayList<String> labels;
  private final transient FitResult fit;

  AdeptClassificationModel(String uid, String directory, List<String> labels, FitResult fit) {
    this.uid = uid;
    this.directory = directory;
    this.labels = new ArrayList<>(labels);
    this.fit = fit;
    ScoringSchema.setDefaults(this);
  }

  @Override
  public String uid() {
    return uid;
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
    return List.copyOf(labels);
  }

  /** The figures of the fit; empty for a model that was loaded. */
  public Optional<FitResult> fitResult() {
    return Optional.ofNullable(fit);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> rows) {
    transformSchema(rows.schema());
    Dataset<Row> input = rows.toDF();
    ComputeOptions compute =
        AdeptConf.of(input.sparkSession())
            .with(AdeptKey.COMPUTE_BACKEND, getOrDefault(backend()))
            .computeOptions();
    ClassifierOptions options =
        ClassifierOptions.defaults().withMaxTokens((int) getOrDefault(maxTokens()));
    ClassifyFunction function =
        new ClassifyFunction(ModelLocation.of(directory), compute, options, false);
    Dataset<Row> scored =
        ArrowScoring.score(
            input, ScoringSchema.column(this, textCol()), function, function.fields(), PREFIX);
    return scored.select(results(input.schema()).toArray(new Column[0]));
  }

  private List<Column> results(StructType input) {
    List<Column> results = new ArrayList<>();
    for (String name : input.fieldNames()) {
      results.add(InputColumns.column(name));
    }
    String prediction = getOrDefault(predictionCol());
    results.add(
        index(col(PREFIX + ClassifyFunction.LABEL))
            .as(prediction, ScoringSchema.metadata(prediction, labels)));
    add(results, ClassifyFunction.LABEL, predictedLabelCol());
    add(results, ClassifyFunction.SCORE, scoreCol());
    add(results, ClassifyFunction.EXIT_LAYER, exitLayerCol());
    add(results, ClassifyFunction.ERROR, errorCol());
    String labelIndex = getOrDefault(labelIndexCol());
    if (!labelIndex.isEmpty()) {
      StructField label = InputColumns.of(input).label(ScoringSchema.column(this, labelCol()));
      Column value = InputColumns.column(label);
      Column known =
          label.dataType() instanceof NumericType
              ? value.cast("double")
              : functions.coalesce(index(value.cast("string")), unknown(value));
      results.add(functions.when(value.isNotNull(), known).as(labelIndex));
    }
    return results;
  }

  private static Column unknown(Column label) {
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
    ScoringSchema.check(this, schema, false);
    return ScoringSchema.output(this, schema, labels);
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

  /** Reader of saved models. */
  public static MLReader<AdeptClassificationModel> read() {
    return new ModelFolder.Reader();
  }

  /**
   * Loads a saved model.
   *
   * @throws IOException if it cannot be read
   */
  public static AdeptClassificationModel load(String path) throws IOException {
    return read().load(path);
  }
}
