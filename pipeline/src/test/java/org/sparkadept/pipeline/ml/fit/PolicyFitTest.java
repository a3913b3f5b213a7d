package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.exit.AdeptPolicy;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.pipeline.TestSpark;

/** Preferences, by brute force on small cases. */
class PolicyFitTest {
  private static final int WIDTH = 2;
  private static final int[] EXITS = {1, 2, 4};
  private static final FitSettings.PolicySettings SETTINGS =
      new FitSettings.PolicySettings(1, 0.1, 1e-4, 1);
  private static final StructType SCHEMA =
      new StructType()
          .add(StatePass.FOLD, DataTypes.IntegerType)
          .add(ReadOutPass.READOUTS, DataTypes.BinaryType)
          .add(ReadOutPass.VIOLATIONS, DataTypes.BinaryType)
          .add(ReadOutPass.COSTS, DataTypes.BinaryType)
          .add(StatePass.state(1), DataTypes.BinaryType)
          .add(StatePass.state(2), DataTypes.BinaryType)
          .add(StatePass.state(4), DataTypes.BinaryType);

  /** Costs of the exits are 0.1, 0.4 and 1. */
  private static Row row(boolean first, boolean second, float... probabilities) {
    float[] readouts = new float[4 * EXITS.length];
    for (int exit = 0; exit < EXITS.length; exit++) {
      readouts[4 * exit] = (float) logOdds(probabilities[exit]);
    }
    byte[] state = Floats.bytes(new float[WIDTH]);
    byte[] costs = Floats.bytes(new float[] {0.1f, 0.4f, 1});
    byte[] violations = {(byte) (first ? 1 : 0), (byte) (second ? 1 : 0), 0};
    int fold = Float.floatToIntBits(probabilities[0]) % HeadFit.FOLDS;
    return RowFactory.create(
        Math.abs(fold), Floats.bytes(readouts), violations, costs, state, state, state);
  }

  private static double logOdds(double probability) {
    return Math.log(probability / (1 - probability));
  }

  private static ModelDraft fit(Dataset<Row> traced, IntConsumer progress) {
    ModelDraft draft =
        ModelDraft.of(
            List.of("a", "b"),
            LabelRule.SINGLE_LABEL,
            EXITS,
            new ModelDraft.Backbone(WIDTH, 4, null, null, null),
            new TreeMap<>(),
            false);
    return PolicyFit.fit(draft, traced, SETTINGS, progress);
  }

  private static double preference(ModelDraft draft, int layer, double probability) {
    AdeptPolicy.Weights policy = draft.policies().get(layer);
    return 1 / (1 + Math.exp(-(policy.readout()[0] * logOdds(probability) + policy.bias())));
  }

  /**
   * Half of the rows (p = 0.9) are done at the first exit, the others (p = 0.3) at the second only:
   * so the best is known for every row and every exit.
   */
  @Test
  void rowsLeaveWhereOptimalStoppingDoes() {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      boolean easy = i % 2 == 0;
      float noise = (random.nextFloat() - 0.5f) / 10;
      rows.add(
          easy
              ? row(false, false, 0.9f + noise, 0.9f, 0.9f)
              : row(true, false, 0.3f + noise, 0.9f, 0.9f));
    }
    Dataset<Row> traced = TestSpark.session().createDataFrame(rows, SCHEMA);
    List<Integer> order = new ArrayList<>();
    ModelDraft draft = fit(traced, order::add);
    assertEquals(List.of(2, 1), order);
    assertTrue(preference(draft, 1, 0.9) > 0.9);
    assertTrue(preference(draft, 1, 0.3) < 0.1);
    assertTrue(preference(draft, 2, 0.9) > 0.9);
  }

  /**
   * Going on is worth what the later policies make of it, not what the next exit is: beside rows
   * that are done at once, those that only full depth answers rightly leave at no exit.
   */
  @Test
  void goingOnIsWorthWhatTheLaterPoliciesMakeOfIt() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(row(true, true, 0.6f, 0.6f, 0.9f));
      rows.add(row(false, false, 0.9f, 0.9f, 0.9f));
    }
    Dataset<Row> traced = TestSpark.session().createDataFrame(rows, SCHEMA);
    ModelDraft draft = fit(traced, layer -> {});
    for (int layer : new int[] {1, 2}) {
      assertTrue(preference(draft, layer, 0.6) < 0.1);
      assertTrue(preference(draft, layer, 0.9) > 0.9);
    }
  }

  /**
   * Where all rows had better leave, the prior still tells sure rows from unsure ones, and the rows
   * are spread over the range of the thresholds.
   */
  @Test
  void wherePreferencesAgreeThePriorRanksByConfidence() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      float probability = 0.5f + 0.499f * i / 200;
      rows.add(row(false, false, probability, probability, probability));
    }
    Dataset<Row> traced = TestSpark.session().createDataFrame(rows, SCHEMA);
    ModelDraft draft = fit(traced, layer -> {});
    double least = 1;
    double most = 0;
    for (int layer : new int[] {1, 2}) {
      assertTrue(preference(draft, layer, 0.55) < preference(draft, layer, 0.75));
      assertTrue(preference(draft, layer, 0.75) < preference(draft, layer, 0.99));
      least = Math.min(least, preference(draft, layer, 0.5));
      most = Math.max(most, preference(draft, layer, 0.5 + 0.499 * 199 / 200));
    }
    double end = 1 / (1 + Math.exp(-PolicyFit.SPAN));
    assertEquals(1 - end, least, 1e-4);
    assertEquals(end, most, 1e-4);
  }

  @Test
  void aSingleWishIsAConstant() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      rows.add(RowFactory.create(Vectors.dense(i, 1), 0.0, 2.0));
    }
    Dataset<Row> pairs = TestSpark.session().createDataFrame(rows, Preference.schema());
    Preference found = Preference.fit(pairs, new double[] {1, 1});
    assertEquals(-Preference.CERTAIN, found.bias(), 0);
    assertArrayEquals(new double[2], found.weight());
  }

  /**
   * Of two features that say the same the one with the larger ridge says less, whatever its scale.
   */
  @Test
  void everyFeatureHasItsOwnRidge() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      double x = i % 20 / 10.0 - 1;
      double label = i % 20 >= 10 ? 1.0 : 0.0;
      rows.add(RowFactory.create(Vectors.dense(x, 1000 * x), label, 1.0));
    }
    Dataset<Row> pairs = TestSpark.session().createDataFrame(rows, Preference.schema());
    Preference found = Preference.fit(pairs, new double[] {1e-2, 10});
    assertTrue(found.weight()[0] > 1, "weight " + found.weight()[0]);
    assertEquals(1e-3, 1000 * found.weight()[1] / found.weight()[0], 1e-4);
  }

  /** Minimum of the weighted Bradley-Terry loss over a constant: the log-odds of the weights. */
  @Test
  void pairsWeighWhatIsAtStake() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      rows.add(RowFactory.create(Vectors.dense(1, i % 2), 1.0, 3.0));
      rows.add(RowFactory.create(Vectors.dense(1, i % 2), 0.0, 1.0));
    }
    Dataset<Row> pairs = TestSpark.session().createDataFrame(rows, Preference.schema());
    Preference found = Preference.fit(pairs, new double[] {1e-6, 1e-6});
    double z = found.bias() + found.weight()[0] + found.weight()[1];
    assertEquals(Math.log(3), z, 1e-3);
  }
}
