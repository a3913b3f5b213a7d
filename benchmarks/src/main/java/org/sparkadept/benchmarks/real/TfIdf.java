package org.sparkadept.benchmarks.real;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.benchmarks.measure.LocalSpark;
import org.sparkadept.benchmarks.measure.TfIdfBaseline;

/**
 * TF-IDF of words and bigrams with logistic regression.
 *
 * @param accuracy share of the test rows with the true label
 * @param interval of the accuracy
 * @param regularization the L2 term that was chosen on held-back train rows
 */
record TfIdf(double accuracy, WilsonInterval interval, double regularization) {
  static TfIdf of(SampledRows rows) throws IOException {
    try (SparkSession spark = LocalSpark.session()) {
      TfIdfBaseline baseline =
          TfIdfBaseline.fit(read(spark, rows.trainFile()), TfIdfBaseline.Terms.WORDS_AND_BIGRAMS);
      double accuracy = baseline.accuracy(read(spark, rows.testFile()));
      WilsonInterval interval = WilsonInterval.of(accuracy, rows.test().texts().length);
      return new TfIdf(accuracy, interval, baseline.regularization());
    }
  }

  private static Dataset<Row> read(SparkSession spark, Path file) {
    return spark.read().schema("text STRING, label STRING").json(file.toString()).cache();
  }
}
