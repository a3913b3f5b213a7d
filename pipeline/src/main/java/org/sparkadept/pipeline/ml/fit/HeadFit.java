package org.sparkadept.pipeline.ml.fit;

import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
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

/** Exit heads: multinomial logistic regression on the class token's states, layer by layer. */
final class HeadFit {
  private static final int MAX_ITERATIONS = 100;
  private static final double TOLERANCE = 1e-6;
  private static final String FEATURES = "features";

  private HeadFit() {}

  /**
   * Fits the head of every exit layer that needs one, unless the draft has them all.
   *
   * @param states of {@link StatePass}, those of the train rows included
   * @param progress receives each exit layer before its head is fitted
   */
  static ModelDraft fit(
      ModelDraft draft, Dataset<Row> states, double regParam, IntConsumer progress) {
    if (draft.hasAllHeads()) {
      return draft;
    }
    Dataset<Row> train = SplitRows.only(SplitCounts.TRAIN, states);
    TreeMap<Integer, ModelDraft.Linear> heads = new TreeMap<>();
    for (int layer : draft.exitLayers()) {
      if (draft.needsHead(layer)) {
        progress.accept(layer);
        heads.put(layer, fit(train, layer, draft.labels().size(), regParam));
      }
    }
    return draft.withHeads(heads);
  }

  /**
   * @param states of the train rows: {@code label} and the layer's state
   * @param exitLayer from 1
   * @param labels number of labels
   * @param regParam ridge
   * @return W {@code [labels, width]} and b {@code [labels]}
   */
  static ModelDraft.Linear fit(Dataset<Row> states, int exitLayer, int labels, double regParam) {
    Metadata indexed =
        NominalAttribute.defaultAttr().withName(SplitRows.LABEL).withNumValues(labels).toMetadata();
    StructType schema =
        new StructType()
            .add(new StructField(SplitRows.LABEL, DataTypes.DoubleType, false, indexed))
            .add(FEATURES, SQLDataTypes.VectorType(), false);
    Dataset<Row> examples =
        states
            .select(SplitRows.LABEL, StatePass.state(exitLayer))
            .map(
                (MapFunction<Row, Row>)
                    row ->
                        RowFactory.create(
                            row.getDouble(0),
                            Vectors.dense(Floats.doubles((byte[]) row.get(1), 0))),
                Encoders.row(schema));
    LogisticRegressionModel model =
        new LogisticRegression()
            .setFamily("multinomial")
            .setLabelCol(SplitRows.LABEL)
            .setFeaturesCol(FEATURES)
            .setRegParam(regParam)
            .setMaxIter(MAX_ITERATIONS)
            .setTol(TOLERANCE)
            .fit(withMetadata(examples, indexed));
    Matrix weights = model.coefficientMatrix();
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
