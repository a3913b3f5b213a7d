package org.sparkadept.pipeline.ml;

import java.io.IOException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Reviews and their stars: a pipeline chosen by cross-validation, saved, loaded and tested. */
public final class MllibExample {
  private MllibExample() {}

  /**
   * Fits and saves a pipeline.
   *
   * @param reviews with the columns text and stars
   * @param backbone a model directory
   * @param output folder for the result
   */
  public static CrossValidatorModel choose(Dataset<Row> reviews, String backbone, String output)
      throws IOException {
    SQLTransformer withText =
        new SQLTransformer().setStatement("SELECT * FROM __THIS__ WHERE trim(text) <> ''");
    AdeptClassifier classifier =
        new AdeptClassifier()
            .setModelPath(backbone)
            .setFeaturesCol("text")
            .setLabelCol("stars")
            .setLabelIndexCol("starsIndex")
            .setMaxDisagreement(0.05)
            .setTokenExit(false);
    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {withText, classifier});
    ParamMap[] grid =
        new ParamGridBuilder().addGrid(classifier.regParam(), new double[] {0.001, 10}).build();
    CrossValidatorModel best =
        new CrossValidator()
            .setEstimator(pipeline)
            .setEvaluator(evaluator("logLoss"))
            .setEstimatorParamMaps(grid)
            .setNumFolds(2)
            .setParallelism(2)
            .fit(reviews);
    best.write().overwrite().save(output);
    return best;
  }

  /**
   * Tests a saved pipeline.
   *
   * @return its accuracy
   */
  public static double test(Dataset<Row> reviews, String saved) {
    Dataset<Row> answers = CrossValidatorModel.load(saved).transform(reviews);
    answers.select("text", "stars", "predictedLabel", "probability", "exitLayer").show(5);
    return evaluator("accuracy").evaluate(answers);
  }

  /** The evaluator reads the column of label indices, not the labels. */
  private static MulticlassClassificationEvaluator evaluator(String metric) {
    return new MulticlassClassificationEvaluator().setMetricName(metric).setLabelCol("starsIndex");
  }
}
