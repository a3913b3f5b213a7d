package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;

import java.util.Arrays;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.feature.ElementwiseProduct;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.stat.Summarizer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A preference between leaving (1) and going on (0), fitted to weighted pairs: with two actions,
 * the Bradley-Terry loss that DPO minimizes is this logistic regression.
 *
 * @param weight {@code [features]}
 * @param bias log-odds of leaving at zero features
 */
record Preference(double[] weight, double bias) {
  static final String FEATURES = "features";
  static final String LABEL = "label";
  static final String WEIGHT = "weight";
  private static final String SCALED = "scaled";

  /** Log-odds where all pairs prefer the same. */
  static final double CERTAIN = 8;

  private static final int MAX_ITERATIONS = 100;
  private static final double TOLERANCE = 1e-5;

  /** Columns of the pairs. */
  static StructType schema() {
    return new StructType()
        .add(FEATURES, SQLDataTypes.VectorType(), false)
        .add(LABEL, DataTypes.DoubleType, false)
        .add(WEIGHT, DataTypes.DoubleType, false);
  }

  /**
   * @param pairs with {@link #schema}; those of weight 0 say nothing
   * @param ridge of each feature, over its standard deviation; positive
   * @return constant where all pairs prefer the same
   */
  static Preference fit(Dataset<Row> pairs, double[] ridge) {
    // A handful of numbers a row: a part for each core, or most of the time goes into tasks.
    int parts = pairs.sparkSession().sparkContext().defaultParallelism();
    Dataset<Row> telling = pairs.filter(col(WEIGHT).gt(0)).coalesce(parts).persist();
    try {
      Row labels = telling.agg(functions.min(LABEL), functions.max(LABEL)).head();
      if (labels.isNullAt(0) || labels.getDouble(0) == labels.getDouble(1)) {
        boolean leave = labels.isNullAt(0) || labels.getDouble(0) == 1;
        return new Preference(new double[ridge.length], leave ? CERTAIN : -CERTAIN);
      }
      double least = Arrays.stream(ridge).min().orElseThrow();
      double[] scale = scale(telling, ridge, least);
      LogisticRegressionModel model =
          new LogisticRegression()
              .setFamily("binomial")
              .setFeaturesCol(SCALED)
              .setWeightCol(WEIGHT)
              .setStandardization(false)
              .setRegParam(least)
              .setMaxIter(MAX_ITERATIONS)
              .setTol(TOLERANCE)
              .fit(
                  new ElementwiseProduct()
                      .setScalingVec(Vectors.dense(scale))
                      .setInputCol(FEATURES)
                      .setOutputCol(SCALED)
                      .transform(telling));
      double[] weight = model.coefficients().toArray();
      for (int i = 0; i < weight.length; i++) {
        weight[i] *= scale[i];
      }
      return new Preference(weight, model.intercept());
    } finally {
      telling.unpersist();
    }
  }

  /** MLlib has one ridge for all features; a feature made smaller has a larger one. */
  private static double[] scale(Dataset<Row> pairs, double[] ridge, double least) {
    double[] scale =
        pairs.select(Summarizer.std(col(FEATURES), col(WEIGHT))).head().<Vector>getAs(0).toArray();
    for (int i = 0; i < scale.length; i++) {
      scale[i] = scale[i] > 0 ? Math.sqrt(least / ridge[i]) / scale[i] : 0;
    }
    return scale;
  }
}
