package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.pipeline.outcome.Candidate;
import org.sparkadept.pipeline.outcome.ThresholdGrid;

/**
 * Whether the fitted policy is better than {@code confidence}, which needs no fit: with few rows
 * against leaving, it need not be. Each row is judged by a policy that was fitted on the other
 * folds; the better of the two has the lower cost at the loosest threshold that keeps violations
 * within a share of the rows.
 */
final class PolicyTrial {
  private PolicyTrial() {}

  /** Sums over rows, by threshold, from strict to loose. */
  private static final class Sums implements Serializable {
    private static final long serialVersionUID = 1L;
    private final long[] violations;
    private final double[] costs;
    private long rows;

    Sums(int thresholds) {
      violations = new long[thresholds];
      costs = new double[thresholds];
    }

    /** Adds a row that leaves at the first exit whose score reaches the threshold. */
    void add(float[] thresholds, float[] scores, boolean[] violating, float[] cost) {
      rows++;
      for (int t = 0; t < thresholds.length; t++) {
        int exit = 0;
        while (exit < scores.length && !(scores[exit] >= thresholds[t])) {
          exit++;
        }
        violations[t] += violating[exit] ? 1 : 0;
        costs[t] += cost[exit];
      }
    }

    void add(Sums other) {
      rows += other.rows;
      Arrays.setAll(violations, t -> violations[t] + other.violations[t]);
      Arrays.setAll(costs, t -> costs[t] + other.costs[t]);
    }

    /** Cost of a row at the loosest threshold up to which no more than the share violates. */
    double cost(double share) {
      double cost = Double.POSITIVE_INFINITY;
      for (int t = 0; t < costs.length && violations[t] <= share * rows; t++) {
        cost = costs[t] / rows;
      }
      return cost;
    }
  }

  /**
   * Judges.
   *
   * @param draft with all heads
   * @param readOuts of {@link ReadOutPass}
   * @param share of the rows that may violate the target
   * @return {@code adept} or {@code confidence}
   */
  static PolicyKind better(
      ModelDraft draft, Dataset<Row> readOuts, FitSettings.PolicySettings settings, double share) {
    int exits = draft.exitLayers().length;
    float[] fitted = thresholds(PolicyKind.ADEPT, exits);
    float[] confidence = thresholds(PolicyKind.CONFIDENCE, exits);
    double lambda = settings.lambda();
    double beta = settings.beta();
    Sums ofFitted = new Sums(fitted.length);
    Sums ofConfidence = new Sums(confidence.length);
    for (int fold = 0; fold < HeadFit.FOLDS; fold++) {
      Dataset<Row> others = readOuts.filter(col(StatePass.FOLD).notEqual(fold));
      Dataset<Row> rows = readOuts.filter(col(StatePass.FOLD).equalTo(fold));
      if (others.isEmpty() || rows.isEmpty()) {
        continue;
      }
      ExitPreferences preferences = PolicyFit.preferences(draft, others, settings, layer -> {});
      FlatMapFunction<Iterator<Row>, Sums[]> summing =
          source -> {
            Sums[] sums = {new Sums(fitted.length), new Sums(confidence.length)};
            while (source.hasNext()) {
              Row row = source.next();
              boolean[] violating = ReadOutPass.violating(row, lambda, beta);
              float[] costs = Floats.floats((byte[]) row.getAs(ReadOutPass.COSTS));
              float[] preferred = new float[exits - 1];
              float[] probabilities = new float[exits - 1];
              for (int exit = 0; exit < exits - 1; exit++) {
                preferred[exit] = (float) (1 / (1 + Math.exp(-preferences.logOdds(row, exit))));
                double[] features = preferences.features(row, exit);
                probabilities[exit] = (float) features[preferences.inputs()[exit]];
              }
              sums[0].add(fitted, preferred, violating, costs);
              sums[1].add(confidence, probabilities, violating, costs);
            }
            return Collections.singletonList(sums).iterator();
          };
      for (Sums[] part : rows.toJavaRDD().mapPartitions(summing).collect()) {
        ofFitted.add(part[0]);
        ofConfidence.add(part[1]);
      }
    }
    return ofFitted.cost(share) <= ofConfidence.cost(share)
        ? PolicyKind.ADEPT
        : PolicyKind.CONFIDENCE;
  }

  /** From strict to loose. */
  private static float[] thresholds(PolicyKind kind, int exits) {
    List<Candidate> sequence = new ArrayList<>(ThresholdGrid.sequence(kind, exits));
    float[] thresholds = new float[sequence.size()];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = sequence.get(i).threshold();
    }
    return thresholds;
  }
}
