package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.exit.ExitHead.Input;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.pipeline.TestSpark;

class HeadFitTest {
  private static final int WIDTH = 2;
  private static final int ROWS = 600;
  private static final int[] LAYERS = {1, 2, 3, 4};

  private final float[][][] states = new float[ROWS][LAYERS.length][2 * WIDTH];
  private final int[] truths = new int[ROWS];
  private final int[] folds = new int[ROWS];

  /**
   * Layer 1 knows nothing; after 2 the mean alone tells the label, after 3 the class token; 4 is
   * noisier than these.
   */
  private Dataset<Row> rows() {
    Random random = TestSeed.random();
    StructType schema =
        new StructType()
            .add(StatePass.FOLD, DataTypes.IntegerType)
            .add(SplitRows.LABEL, DataTypes.DoubleType);
    for (int layer : LAYERS) {
      schema = schema.add(StatePass.state(layer), DataTypes.BinaryType);
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      truths[i] = random.nextInt(2);
      folds[i] = random.nextInt(HeadFit.FOLDS);
      Object[] values = new Object[2 + LAYERS.length];
      values[0] = folds[i];
      values[1] = (double) truths[i];
      for (int e = 0; e < LAYERS.length; e++) {
        float[] state = states[i][e];
        for (int d = 0; d < state.length; d++) {
          state[d] = (float) random.nextGaussian();
        }
        double told = truths[i] == 0 ? -6 : 6;
        state[2] += e == 1 ? told : 0;
        state[0] += e == 2 ? told : 0;
        state[0] += e == 3 ? told / 12 : 0;
        values[2 + e] = Floats.bytes(state);
      }
      rows.add(RowFactory.create(values));
    }
    return TestSpark.session().createDataFrame(rows, schema);
  }

  private static SortedMap<Integer, HeadFit.Fitted> fit(Dataset<Row> rows, List<Input> inputs) {
    return new HeadFit(rows, 2, WIDTH, inputs).fit(LAYERS, Double.NaN, layer -> {});
  }

  @Test
  void aHeadReadsTheMeanWhereThatAnswersMore() {
    Dataset<Row> rows = rows();
    SortedMap<Integer, HeadFit.Fitted> fitted = fit(rows, List.of(Input.values()));
    assertEquals(Input.CLASS_TOKEN_AND_MEAN, fitted.get(2).head().input());
    double[] alone = accuracies(rows, fitted, false);
    assertTrue(alone[0] < 0.65);
    assertTrue(alone[1] > 0.97);
    assertTrue(alone[2] > 0.97);
    assertTrue(alone[3] < 0.85);
    double[] ensemble = accuracies(rows, fitted, true);
    assertEquals(alone[0], ensemble[0]);
    assertTrue(ensemble[3] > 0.97);
  }

  /** By exit layer, each row answered by the heads that never saw it. */
  private static double[] accuracies(
      Dataset<Row> rows, SortedMap<Integer, HeadFit.Fitted> fitted, boolean ensemble) {
    SortedMap<Integer, CrossFittedHead> folded = new TreeMap<>();
    fitted.forEach((layer, head) -> folded.put(layer, head.folded()));
    return ReadOutSelection.of(
            rows, CrossFittedHeads.of(folded, ensemble, LabelRule.SINGLE_LABEL), true)
        .readOuts()
        .stream()
        .mapToDouble(ReadOutSelection.ReadOut::accuracy)
        .toArray();
  }

  @Test
  void headsReadTheClassTokenAloneWhereThatIsAsked() {
    fit(rows(), List.of(Input.CLASS_TOKEN))
        .values()
        .forEach(
            fitted -> {
              assertEquals(Input.CLASS_TOKEN, fitted.head().input());
              assertEquals(WIDTH, fitted.head().linear().inputs());
              assertEquals(WIDTH, fitted.folded().byFold()[0].inputs());
            });
  }

  @Test
  void ofTooManyRowsTheSameSampleIsTakenEachTime() {
    Dataset<Row> all =
        TestSpark.session().range(2_000).select(col("id").cast("string").as(SplitRows.TEXT));
    List<Row> sample = HeadRows.sample(all, 500).collectAsList();
    assertTrue(sample.size() <= 500 && sample.size() > 400, "" + sample.size());
    assertEquals(sample, HeadRows.sample(all, 500).collectAsList());
    assertEquals(2_000, HeadRows.sample(all, 2_000).count());
    // Copies of one text are kept or left out together, but never more than may be.
    Dataset<Row> copies = all.select(lit("copy").as(SplitRows.TEXT));
    assertTrue(HeadRows.sample(copies, 500).count() <= 500);
  }

  /** Other labels in a fold change the heads of the other folds alone. */
  @Test
  void rowsAreJudgedByHeadsThatNeverSawThem() {
    Dataset<Row> rows = rows();
    Dataset<Row> changed =
        rows.withColumn(
            SplitRows.LABEL,
            when(col(StatePass.FOLD).equalTo(1), lit(1).minus(col(SplitRows.LABEL)))
                .otherwise(col(SplitRows.LABEL)));
    Linear[] heads = byFold(rows);
    Linear[] changedHeads = byFold(changed);
    assertArrayEquals(direction(heads[1]), direction(changedHeads[1]), 1e-6);
    assertFalse(Arrays.equals(direction(heads[0]), direction(changedHeads[0])));
    assertFalse(Arrays.equals(direction(heads[2]), direction(changedHeads[2])));
  }

  private static Linear[] byFold(Dataset<Row> rows) {
    return new HeadFit(rows, 2, WIDTH, List.of(Input.CLASS_TOKEN))
        .fit(new int[] {3}, 0.01, layer -> {})
        .get(3)
        .folded()
        .byFold();
  }

  /** The weights, without the factor that all rows decide on. */
  private static double[] direction(Linear head) {
    double[] weights = IntStream.range(0, 2 * WIDTH).mapToDouble(i -> head.weight()[i]).toArray();
    double norm = Math.sqrt(Arrays.stream(weights).map(w -> w * w).sum());
    return Arrays.stream(weights).map(w -> w / norm).toArray();
  }

  /** With the factor, the softmax of the scores is about as sure as it is right. */
  @Test
  void probabilitiesAreCalibrated() {
    Dataset<Row> rows = rows();
    HeadFit.Fitted fitted = fit(rows, List.of(Input.CLASS_TOKEN)).get(4);
    double sure = 0;
    for (int i = 0; i < ROWS; i++) {
      float[] scores = fitted.head().linear().scores(states[i][3]);
      sure += 1 / (1 + Math.exp(-Math.abs(scores[0] - scores[1]))) / ROWS;
    }
    SortedMap<Integer, HeadFit.Fitted> alone = new TreeMap<>(Map.of(4, fitted));
    assertEquals(accuracies(rows, alone, false)[0], sure, 0.06);
    HeadJudge.Figures figures = new HeadJudge.Figures();
    for (Row row : rows.collectAsList()) {
      float[] state = Floats.floats((byte[]) row.getAs(StatePass.state(4)));
      Linear head = fitted.folded().byFold()[row.<Integer>getAs(StatePass.FOLD)];
      figures.add(head.scores(state), (int) row.<Double>getAs(SplitRows.LABEL).doubleValue());
    }
    assertEquals(1, figures.factor(), 1e-9);
  }
}
