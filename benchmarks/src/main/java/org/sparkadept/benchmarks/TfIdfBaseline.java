package org.sparkadept.benchmarks;

import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.HashingTF;
import org.apache.spark.ml.feature.IDF;
import org.apache.spark.ml.feature.Normalizer;
import org.apache.spark.ml.feature.RegexTokenizer;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * TF-IDF over words with multinomial logistic regression, by Spark MLlib. The regularization is the
 * best of a small grid on a twentieth of the train split that is held back; then the model is
 * fitted on all of it.
 *
 * @param pipeline the fitted stages
 * @param regularization the L2 term that was chosen
 */
record TfIdfBaseline(PipelineModel pipeline, double regularization) {
  private static final double[] GRID = {1e-4, 3e-4, 1e-3, 3e-3};
  private static final long SEED = 1;
  private static final int FEATURES = 1 << 18;

  static TfIdfBaseline fit(Dataset<Row> train) {
    Dataset<Row>[] parts = train.randomSplit(new double[] {0.95, 0.05}, SEED);
    double best = 0;
    double chosen = GRID[0];
    for (double candidate : GRID) {
      double accuracy = accuracy(pipeline(candidate).fit(parts[0]), parts[1]);
      if (accuracy > best) {
        best = accuracy;
        chosen = candidate;
      }
    }
    return new TfIdfBaseline(pipeline(chosen).fit(train), chosen);
  }

  String settings() {
    return "L2 " + regularization;
  }

  double accuracy(Dataset<Row> test) {
    return accuracy(pipeline, test);
  }

  private static double accuracy(PipelineModel model, Dataset<Row> rows) {
    return new MulticlassClassificationEvaluator()
        .setMetricName("accuracy")
        .setLabelCol("index")
        .evaluate(model.transform(rows));
  }

  private static Pipeline pipeline(double regularization) {
    return new Pipeline()
        .setStages(
            new PipelineStage[] {
              new StringIndexer().setInputCol("label").setOutputCol("index"),
              new RegexTokenizer().setInputCol("text").setOutputCol("words").setPattern("\\W+"),
              new HashingTF().setInputCol("words").setOutputCol("counts").setNumFeatures(FEATURES),
              new IDF().setInputCol("counts").setOutputCol("weighted"),
              new Normalizer().setInputCol("weighted").setOutputCol("features"),
              new LogisticRegression()
                  .setLabelCol("index")
                  .setMaxIter(100)
                  .setRegParam(regularization)
            });
  }
}
