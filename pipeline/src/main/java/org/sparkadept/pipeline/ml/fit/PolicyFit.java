package org.sparkadept.pipeline.ml.fit;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.sparkadept.decoder.exit.AdeptPolicy;

/**
 * The exit policy, backward over the exits. Leaving at e has the utility {@code U_e = λ·T_e −
 * β·C_e}, with {@code T_e} −1 where the answer violates the target, else 0: the policy learns the
 * risk that the guarantee bounds. {@code V_K = U_K}; below, {@code V_e} is {@code U_e} where the
 * policy fitted for e leaves (at τ = 0.5), else {@code V_{e+1}}. At e leaving is preferred where
 * {@code U_e ≥ V_{e+1}}, and the pair weighs {@code |U_e − V_{e+1}|}.
 *
 * <p>At last the log-odds of all exits are scaled and shifted alike, so that those of the rows lie
 * between −{@value #SPAN} and {@value #SPAN}: their order is what rows leave by, and the thresholds
 * that are tried are spread over that range.
 *
 * <p>The prior is the policy {@code confidence}: every row adds a pair that prefers to leave and
 * one that prefers to go on, of weights {@code ρ·p} and {@code ρ·(1 − p)} with p the top
 * probability and ρ half of the cost of going on to the next exit, {@code β·(C_{e+1} − C_e)}. So
 * exits where leaving is preferred for almost all rows still rank them by confidence, and τ has
 * something to choose between.
 */
final class PolicyFit {
  private static final int READOUTS = AdeptPolicy.READOUT_FEATURES;

  /** What a fitted policy reads of an answer. */
  static final AdeptPolicy.Features FEATURES = AdeptPolicy.Features.LOG_ODDS;

  /** ρ as a share of the cost of going on to the next exit. */
  private static final double PRIOR = 0.5;

  /** The largest log-odds of a row; that of the strictest threshold is larger. */
  static final double SPAN = 8;

  private PolicyFit() {}

  /**
   * Fits the policies of all exits but the last.
   *
   * @param readOuts of {@link ReadOutPass}
   * @param progress receives each exit layer before its policy is fitted
   */
  static ModelDraft fit(
      ModelDraft draft,
      Dataset<Row> readOuts,
      FitSettings.PolicySettings settings,
      IntConsumer progress) {
    ExitPreferences found = preferences(draft, readOuts, settings, progress);
    TreeMap<Integer, AdeptPolicy.Weights> policies = new TreeMap<>();
    for (int exit = 0; exit < found.exits(); exit++) {
      int size = found.inputs()[exit];
      double[] weight = found.weights()[exit];
      policies.put(
          found.layers()[exit],
          new AdeptPolicy.Weights(
              settings.readsState() ? Floats.narrow(weight, 0, size) : null,
              FEATURES,
              Floats.narrow(weight, size, size + READOUTS),
              (float) found.biases()[exit]));
    }
    return draft.withPolicies(policies);
  }

  private static ExitPreferences preferences(
      ModelDraft draft,
      Dataset<Row> readOuts,
      FitSettings.PolicySettings settings,
      IntConsumer progress) {
    ExitPreferences preferences = ExitPreferences.of(draft, settings.readsState());
    double lambda = settings.lambda();
    double beta = settings.beta();
    for (int exit = preferences.exits() - 1; exit >= 0; exit--) {
      progress.accept(preferences.layers()[exit]);
      int at = exit;
      int size = preferences.inputs()[exit];
      double[] ridge = new double[size + READOUTS];
      Arrays.fill(ridge, 0, size, settings.stateRegParam());
      Arrays.fill(ridge, size, ridge.length, settings.regParam());
      Dataset<Row> pairs =
          readOuts.flatMap(
              (FlatMapFunction<Row, Row>) row -> pairs(row, at, preferences, lambda, beta),
              Encoders.row(Preference.schema()));
      Preference found = Preference.fit(pairs, ridge);
      preferences.weights()[exit] = found.weight();
      preferences.biases()[exit] = found.bias();
    }
    return preferences.exits() == 0 ? preferences : spread(readOuts, preferences);
  }

  /** Scales and shifts the log-odds of all exits alike, to the range of {@link #SPAN}. */
  private static ExitPreferences spread(Dataset<Row> readOuts, ExitPreferences preferences) {
    Row range =
        readOuts
            .flatMap(
                (FlatMapFunction<Row, Double>)
                    row ->
                        IntStream.range(0, preferences.exits())
                            .mapToObj(exit -> preferences.logOdds(row, exit))
                            .iterator(),
                Encoders.DOUBLE())
            .toDF("z")
            .agg(functions.min("z"), functions.max("z"))
            .head();
    double middle = (range.getDouble(0) + range.getDouble(1)) / 2;
    double half = (range.getDouble(1) - range.getDouble(0)) / 2;
    return half == 0 ? preferences : preferences.scaled(middle, SPAN / half);
  }

  private static Iterator<Row> pairs(
      Row row, int exit, ExitPreferences preferences, double lambda, double beta) {
    int later = exit + 1;
    while (later < preferences.exits() && preferences.logOdds(row, later) < 0) {
      later++;
    }
    byte[] violations = row.getAs(ReadOutPass.VIOLATIONS);
    float[] costs = Floats.floats((byte[]) row.getAs(ReadOutPass.COSTS));
    double gain =
        lambda * (violations[later] - violations[exit]) + beta * (costs[later] - costs[exit]);
    double[] features = preferences.features(row, exit);
    double probability = preferences.probability(exit, features);
    double prior = PRIOR * beta * (costs[exit + 1] - costs[exit]);
    Vector state = Vectors.dense(features);
    return List.of(
            RowFactory.create(state, gain >= 0 ? 1.0 : 0.0, Math.abs(gain)),
            RowFactory.create(state, 1.0, prior * probability),
            RowFactory.create(state, 0.0, prior * (1 - probability)))
        .iterator();
  }
}
