package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.exit.ExitHead.Input;
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
    SortedMap<Integer, HeadFit.Fitted> fitted = fit(rows(), List.of(Input.values()));
    assertEquals(Input.CLASS_TOKEN_AND_MEAN, fitted.get(2).head().input());
    assertTrue(fitted.get(1).figures().accuracy() < 0.65);
    assertTrue(fitted.get(2).figures().accuracy() > 0.97);
    assertTrue(fitted.get(3).figures().accuracy() > 0.97);
    assertTrue(fitted.get(4).figures().accuracy() < 0.85);
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

  /** The head of a fold is the head of a fit that never had that fold's rows. */
  @Test
  void rowsAreJudgedByHeadsThatNeverSawThem() {
    Dataset<Row> rows = rows();
    Linear[] byFold = fit(rows, List.of(Input.CLASS_TOKEN)).get(3).folded().byFold();
    for (int fold = 0; fold < HeadFit.FOLDS; fold++) {
      RidgeSums others = new RidgeSums(WIDTH, 2);
      for (int i = 0; i < ROWS; i++) {
        if (folds[i] != fold) {
          others.add(states[i][2], truths[i]);
        }
      }
      float[] direction = byFold[fold].weight();
      boolean found = false;
      for (double ridge : HeadFit.RIDGES) {
        RidgeSums[] sums = {others.done()};
        float[] expected = RidgeSums.solve(sums, -1, ridge, WIDTH).weight();
        double factor = direction[0] / expected[0];
        boolean same = true;
        for (int d = 0; d < direction.length; d++) {
          same &= Math.abs(direction[d] - factor * expected[d]) < 1e-4 * Math.abs(direction[0]);
        }
        found |= same;
      }
      assertTrue(found, "fold " + fold);
    }
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
    assertEquals(fitted.figures().accuracy(), sure, 0.06);
    assertEquals(1, HeadJudge.judge(rows, 4, List.of(fitted.folded()))[0].factor(), 1e-9);
  }
}
