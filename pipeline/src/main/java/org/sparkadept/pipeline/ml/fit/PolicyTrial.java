package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
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

  /** Sums over rows of one policy, by threshold, from strict to loose. */
  private static final class Sums implements Serializable {
    private static final long serialVersionUID = 1L;
    private final float[] thresholds;
    private final long[] violations;
    private final double[] costs;
    private long rows;

    Sums(PolicyKind policy, int exits) {
      List<Candidate> sequence = ThresholdGrid.sequence(policy, exits);
      thresholds = new float[sequence.size()];
      for (int t = 0; t < thresholds.length; t++) {
        thresholds[t] = sequence.get(t).threshold();
      }
      violations = new long[thresholds.length];
      costs = new double[thresholds.length];
    }

    /** Adds a row that leaves at the first exit whose score reaches the threshold. */
    void add(double[] scores, byte[] violates, float[] cost) {
      rows++;
      for (int t = 0; t < thresholds.length; t++) {
        int exit = 0;
        while (exit < scores.length && !((float) scores[exit] >= thresholds[t])) {
          exit++;
        }
        violations[t] += violates[exit];
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

  /** Sums of both policies. */
  private record Both(Sums fitted, Sums confidence) implements Serializable {
    private static final long serialVersionUID = 1L;

    static Both of(int exits) {
      return new Both(new Sums(PolicyKind.ADEPT, exits), new Sums(PolicyKind.CONFIDENCE, exits));
    }

    Both add(Row row, ExitPreferences preferences) {
      double[] preferred = new double[preferences.exits()];
      double[] probabilities = new double[preferred.length];
      for (int exit = 0; exit < preferred.length; exit++) {
        double[] features = preferences.features(row, exit);
        preferred[exit] = 1 / (1 + Math.exp(-preferences.logOdds(exit, features)));
        probabilities[exit] = preferences.probability(exit, features);
      }
      byte[] violates = row.getAs(ReadOutPass.VIOLATIONS);
      float[] costs = Floats.floats((byte[]) row.getAs(ReadOutPass.COSTS));
      fitted.add(preferred, violates, costs);
      confidence.add(probabilities, violates, costs);
      return this;
    }

    Both add(Both other) {
      fitted.add(other.fitted);
      confidence.add(other.confidence);
      return this;
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
    Both sums = Both.of(exits);
    for (int fold = 0; fold < HeadFit.FOLDS; fold++) {
      Dataset<Row> others = readOuts.filter(col(StatePass.FOLD).notEqual(fold));
      Dataset<Row> rows = readOuts.filter(col(StatePass.FOLD).equalTo(fold));
      if (others.isEmpty() || rows.isEmpty()) {
        continue;
      }
      ExitPreferences preferences = PolicyFit.preferences(draft, others, settings, layer -> {});
      sums.add(
          rows.toJavaRDD()
              .aggregate(Both.of(exits), (both, row) -> both.add(row, preferences), Both::add));
    }
    return sums.fitted().cost(share) <= sums.confidence().cost(share)
        ? PolicyKind.ADEPT
        : PolicyKind.CONFIDENCE;
  }
}
