package org.sparkadept.pipeline.ml.fit;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exit heads: multinomial logistic regression on what each reads, layer by layer, on the train
 * rows. The ridge is given, or chosen at the reference by the loss on the validation rows.
 */
final class HeadFit {
  private static final Logger LOG = LoggerFactory.getLogger(AdeptFit.class);
  private static final double[] RIDGES = {1e-3, 1e-2, 1e-1};
  private static final int MAX_ITERATIONS = 50;
  private static final double TOLERANCE = 1e-4;
  private static final String FEATURES = "features";

  private final Dataset<Row> train;
  private final Dataset<Row> validation;
  private final int labels;
  private final int width;

  /**
   * @param states of {@link StatePass}, those of the train and validation rows
   * @param labels number of labels
   * @param width of a hidden state
   */
  HeadFit(Dataset<Row> states, int labels, int width) {
    this.labels = labels;
    this.width = width;
    train = SplitRows.only(SplitCounts.TRAIN, states);
    validation = SplitRows.only(SplitCounts.VALIDATION, states);
  }

  /**
   * Fits the heads of the exits up to the reference.
   *
   * @param ownHead whether the reference has a head already
   * @param regParam ridge; NaN to choose it
   * @param progress receives each exit layer before its head is fitted
   */
  SortedMap<Integer, ModelDraft.Head> fit(
      ReadOutSelection.Selection selection,
      boolean ownHead,
      double regParam,
      IntConsumer progress) {
    TreeMap<Integer, ModelDraft.Head> heads = new TreeMap<>();
    double ridge = regParam;
    for (int i = selection.readOuts().size() - 1; i >= 0; i--) {
      ReadOutSelection.ReadOut readOut = selection.readOuts().get(i);
      int layer = readOut.layer();
      if (layer > selection.reference() || (ownHead && layer == selection.reference())) {
        continue;
      }
      progress.accept(layer);
      int inputs = readOut.input().size(width);
      if (Double.isNaN(ridge)) {
        ridge = bestRidge(layer, inputs);
      }
      LogisticRegressionModel model = fit(train, layer, inputs, labels, ridge);
      heads.put(layer, new ModelDraft.Head(readOut.input(), linear(model)));
    }
    return heads;
  }

  private double bestRidge(int layer, int inputs) {
    Dataset<Row> held = examples(validation, layer, inputs, labels);
    double best = RIDGES[0];
    double least = Double.POSITIVE_INFINITY;
    for (double ridge : RIDGES) {
      double loss =
          new MulticlassClassificationEvaluator()
              .setLabelCol(SplitRows.LABEL)
              .setMetricName("logLoss")
              .evaluate(fit(train, layer, inputs, labels, ridge).transform(held));
      if (loss < least) {
        least = loss;
        best = ridge;
      }
    }
    LOG.info(
        "L2 regularization of the exit heads: {} (loss {} after layer {})", best, least, layer);
    return best;
  }

  /**
   * @param states with {@code label} and what is read after the layer
   * @param inputs how many of the states' values are read
   */
  static LogisticRegressionModel fit(
      Dataset<Row> states, int layer, int inputs, int labels, double ridge) {
    return new LogisticRegression()
        .setFamily("multinomial")
        .setLabelCol(SplitRows.LABEL)
        .setFeaturesCol(FEATURES)
        .setRegParam(ridge)
        .setMaxIter(MAX_ITERATIONS)
        .setTol(TOLERANCE)
        .fit(examples(states, layer, inputs, labels));
  }

  /** {@code label} and {@code features} of an exit. */
  private static Dataset<Row> examples(Dataset<Row> states, int layer, int inputs, int labels) {
    Metadata indexed =
        NominalAttribute.defaultAttr().withName(SplitRows.LABEL).withNumValues(labels).toMetadata();
    StructType schema =
        new StructType()
            .add(new StructField(SplitRows.LABEL, DataTypes.DoubleType, false, indexed))
            .add(FEATURES, SQLDataTypes.VectorType(), false);
    Dataset<Row> examples =
        states
            .select(SplitRows.LABEL, StatePass.state(layer))
            .map(
                (MapFunction<Row, Row>)
                    row ->
                        RowFactory.create(
                            row.getDouble(0),
                            Vectors.dense(Floats.doubles((byte[]) row.get(1), inputs, 0))),
                Encoders.row(schema));
    return withMetadata(examples, indexed);
  }

  /** W {@code [labels, inputs]} and b {@code [labels]}. */
  static ModelDraft.Linear linear(LogisticRegressionModel model) {
    Matrix weights = model.coefficientMatrix();
    int labels = weights.numRows();
    float[] weight = new float[labels * weights.numCols()];
    float[] bias = new float[labels];
    for (int label = 0; label < labels; label++) {
      for (int i = 0; i < weights.numCols(); i++) {
        weight[label * weights.numCols() + i] = (float) weights.apply(label, i);
      }
      bias[label] = (float) model.interceptVector().apply(label);
    }
    return new ModelDraft.Linear(weight, bias);
  }

  /** Row encoders drop metadata. */
  private static Dataset<Row> withMetadata(Dataset<Row> examples, Metadata metadata) {
    return examples.withColumn(
        SplitRows.LABEL, functions.col(SplitRows.LABEL).as(SplitRows.LABEL, metadata));
  }
}
