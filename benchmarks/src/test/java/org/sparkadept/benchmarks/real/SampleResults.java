package org.sparkadept.benchmarks.real;

import java.util.List;
import java.util.TreeMap;
import org.sparkadept.benchmarks.real.CheckpointPass.Cost;
import org.sparkadept.benchmarks.real.StaticReadOuts.ReadOut;
import org.sparkadept.benchmarks.step.Step;

/** Results as a benchmark has them, all claims met unless something is changed. */
final class SampleResults {
  Step<TfIdf> tfIdf = step(new TfIdf(0.85, new WilsonInterval(0.83, 0.87), 1e-5));
  Step<StaticReadOuts> readOuts =
      step(
          new StaticReadOuts(
              List.of(
                  new ReadOut(4, "class_token", 0.1, 0.80, 0.3),
                  new ReadOut(8, "class_token", 0.1, 0.88, 0.7),
                  new ReadOut(4, "class_token_and_mean", 0.01, 0.86, 0.31),
                  new ReadOut(8, "class_token_and_mean", 0.01, 0.88, 0.71))));
  Step<Made> fit = step(new Made(90, 80, 500));
  Step<Fitted> frozen = step(frozen(0.882, 0.12));
  Step<Timing> frozenTime = step(new Timing(500, 3, 0.12, 24, 2.4));
  Step<Made> tune = step(new Made(900, 60, 500));
  Step<Fitted> tuned = step(fitted(0.92, 0.05, true));
  Step<Timing> tunedTime = step(new Timing(500, 3, 0.05, 24, 1.1));

  static <T> Step<T> step(T result) {
    return new Step<>(null, "abc", "2026-01-01T00:00:00Z", 12.5, false, result);
  }

  /** A model whose heads have the accuracies 0.87 and 0.90. */
  static Fitted fitted(double accuracy, double compute, boolean certified) {
    return new Fitted(
        6,
        0.885,
        accuracy,
        0.995,
        compute,
        certified,
        List.of(
            new ReadOut(2, "class_token", Double.NaN, 0.87, 0.2),
            new ReadOut(6, "class_token_and_mean", Double.NaN, 0.90, 0.5)));
  }

  /** A model whose heads are worse than the read-outs. */
  static Fitted frozen(double accuracy, double compute) {
    Fitted model = fitted(accuracy, compute, true);
    return new Fitted(
        model.reference(),
        model.referenceAccuracy(),
        accuracy,
        model.agreement(),
        compute,
        true,
        List.of(new ReadOut(2, "class_token", Double.NaN, 0.86, 0.2)));
  }

  DataSetResult result() {
    Cost train = new Cost(2_000, 50, 5_000_000_000_000L, new TreeMap<>());
    Cost test = new Cost(500, 25, 2_000_000_000_000L, new TreeMap<>());
    return new DataSetResult(
        "trec6 <&>",
        2_000,
        500,
        6,
        256,
        0.01,
        new SplitShares(0.45, 0.15, 800, 2),
        tfIdf,
        step(new FullDepth(train, test)),
        readOuts,
        fit,
        frozen,
        frozenTime,
        tune,
        tuned,
        tunedTime);
  }
}
