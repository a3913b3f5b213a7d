package org.sparkadept.benchmarks;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.benchmarks.measure.LocalSpark;
import org.sparkadept.benchmarks.measure.TfIdfBaseline;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.udfs.classify.ClassifyFunction;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.table.ArrowScoring;
import org.sparkadept.udfs.table.NamedColumn;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Test accuracy of a model at full depth and with its exits, and of TF-IDF beside it. */
@Command(
    name = "accuracy",
    description = {
      "Accuracy on a test split: the model at full depth and with its own exit policy, and TF-IDF",
      "with logistic regression (Spark MLlib) fitted on the train split, in one run.",
      "The files are JSON lines, also compressed, with the fields text and label."
    },
    mixinStandardHelpOptions = true)
final class AccuracyBenchmark implements Callable<Integer> {
  @Option(names = "--train", required = true, description = "Train split, for TF-IDF.")
  private Path train;

  @Option(names = "--test", required = true, description = "Test split.")
  private Path test;

  @Option(names = "--model", required = true, description = "Model directory.")
  private Path model;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ClassifierOptions options = ClassifierOptions.defaults();
    try (SparkSession spark = LocalSpark.session()) {
      Dataset<Row> trainRows = rows(spark, train);
      Dataset<Row> testRows = rows(spark, test).repartition(8).cache();
      out.printf("%,d rows to train, %,d rows to test%n", trainRows.count(), testRows.count());
      out.printf("%-44s %9s %10s %11s%n", "", "accuracy", "mean exit", "FLOPs saved");
      report(spark, out, testRows, options.atFullDepth(), "the model at full depth");
      report(spark, out, testRows, options, "the model with its exit policy");
      TfIdfBaseline baseline = TfIdfBaseline.fit(trainRows, TfIdfBaseline.Terms.WORDS);
      out.printf(
          Locale.ROOT,
          "%-44s %8.2f%%%n",
          "TF-IDF + logistic regression (L2 " + baseline.regularization() + ")",
          100 * baseline.accuracy(testRows));
      out.flush();
    }
    return 0;
  }

  private void report(
      SparkSession spark,
      PrintWriter out,
      Dataset<Row> rows,
      ClassifierOptions options,
      String name) {
    ScoringAccumulator totals = new ScoringAccumulator();
    spark.sparkContext().register(totals);
    ClassifyFunction function =
        new ClassifyFunction(
            ModelLocation.local(model), ComputeOptions.defaults(), options, 0, totals);
    Row result =
        ArrowScoring.score(
                rows, new NamedColumn("text", "--data"), function, function.fields(), "found_")
            .agg(
                avg(expr("cast(coalesce(found_label = label, false) as int)")),
                avg(col("found_exit_layer")))
            .first();
    out.printf(
        Locale.ROOT,
        "%-44s %8.2f%% %10.2f %10.1f%%%n",
        name,
        100 * result.getDouble(0),
        result.getDouble(1),
        100 * totals.value().computeSaved());
    out.flush();
  }

  private static Dataset<Row> rows(SparkSession spark, Path file) {
    return spark.read().schema("text STRING, label STRING").json(file.toString());
  }
}
