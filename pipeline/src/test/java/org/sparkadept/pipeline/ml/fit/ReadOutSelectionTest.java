package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.exit.ExitHead.Input;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.pipeline.TestSpark;

class ReadOutSelectionTest {
  private static final int WIDTH = 2;
  private static final int[] LAYERS = {1, 2, 3, 4};

  /**
   * Layer 1 knows nothing; after 2 the mean alone tells the label, after 3 the class token; 4 is
   * noisier than these.
   */
  private static Dataset<Row> states() {
    Random random = TestSeed.random();
    StructType schema =
        new StructType()
            .add(SplitRows.TEXT, DataTypes.StringType)
            .add(SplitRows.LABEL, DataTypes.DoubleType);
    for (int layer : LAYERS) {
      schema = schema.add(StatePass.state(layer), DataTypes.BinaryType);
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      int label = random.nextInt(2);
      Object[] values = new Object[2 + LAYERS.length];
      values[0] = "text " + i;
      values[1] = (double) label;
      for (int e = 0; e < LAYERS.length; e++) {
        float[] state = new float[2 * WIDTH];
        for (int d = 0; d < state.length; d++) {
          state[d] = (float) random.nextGaussian();
        }
        double told = label == 0 ? -6 : 6;
        state[2] += e == 1 ? told : 0;
        state[0] += e == 2 ? told : 0;
        state[0] += e == 3 ? told / 12 : 0;
        values[2 + e] = Floats.bytes(state);
      }
      rows.add(RowFactory.create(values));
    }
    return TestSpark.session().createDataFrame(rows, schema);
  }

  private static ReadOutSelection.Selection judge(List<Input> inputs, boolean auto) {
    return new ReadOutSelection(states(), 2, WIDTH, inputs).judge(LAYERS, auto, layer -> {});
  }

  @Test
  void theShallowestOfTheBestIsTheReference() {
    ReadOutSelection.Selection found = judge(List.of(Input.values()), true);
    List<ReadOutSelection.ReadOut> readOuts = found.readOuts();
    assertEquals(2, found.reference());
    assertEquals(Input.CLASS_TOKEN_AND_MEAN, readOuts.get(1).input());
    assertTrue(readOuts.get(0).accuracy() < 0.65, readOuts::toString);
    assertTrue(readOuts.get(1).accuracy() > 0.97, readOuts::toString);
    assertTrue(readOuts.get(2).accuracy() > 0.97, readOuts::toString);
    assertTrue(readOuts.get(3).accuracy() < 0.85, readOuts::toString);
  }

  @Test
  void headsReadTheClassTokenAloneWhereThatIsAsked() {
    ReadOutSelection.Selection found = judge(List.of(Input.CLASS_TOKEN), true);
    assertEquals(3, found.reference());
    found.readOuts().forEach(at -> assertEquals(Input.CLASS_TOKEN, at.input()));
  }

  @Test
  void theLastLayerIsTheReferenceWhereItIsGiven() {
    assertEquals(4, judge(List.of(Input.CLASS_TOKEN), false).reference());
  }

  @Test
  void theShallowestWithinOneStandardErrorOfTheBestIsTaken() {
    List<ReadOutSelection.ReadOut> readOuts =
        List.of(
            new ReadOutSelection.ReadOut(4, Input.CLASS_TOKEN, 0.9),
            new ReadOutSelection.ReadOut(8, Input.CLASS_TOKEN, 0.945),
            new ReadOutSelection.ReadOut(12, Input.CLASS_TOKEN, 0.95));
    assertEquals(8, ReadOutSelection.shallowestOfTheBest(readOuts, 600));
    assertEquals(12, ReadOutSelection.shallowestOfTheBest(readOuts, 10_000));
  }
}
