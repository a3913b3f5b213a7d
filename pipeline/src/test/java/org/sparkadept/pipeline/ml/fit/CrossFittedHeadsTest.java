package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.result.ExitReadout;

class CrossFittedHeadsTest {
  private static final Row ROW =
      new GenericRowWithSchema(
          new Object[] {1, Floats.bytes(new float[] {2}), Floats.bytes(new float[] {-1})},
          new StructType()
              .add(StatePass.FOLD, DataTypes.IntegerType)
              .add(StatePass.state(3), DataTypes.BinaryType)
              .add(StatePass.state(5), DataTypes.BinaryType));

  /** A head that says {@code slope·x} for label 1 and 0 for label 0, in fold 1 alone. */
  private static CrossFittedHead head(float slope) {
    Linear other = new Linear(new float[] {7, -7}, new float[2]);
    Linear own = new Linear(new float[] {0, slope}, new float[2]);
    return new CrossFittedHead(ExitHead.Input.CLASS_TOKEN, new Linear[] {other, own, other});
  }

  private static double probability(boolean ensemble, int exit) {
    TreeMap<Integer, CrossFittedHead> heads = new TreeMap<>(Map.of(3, head(0.5f), 5, head(3)));
    ExitReadout readout =
        CrossFittedHeads.of(heads, ensemble, LabelRule.SINGLE_LABEL).readouts(ROW)[exit];
    assertEquals(exit == 0 ? 3 : 5, readout.layer());
    return readout.label() == 1 ? readout.probability() : 1 - readout.probability();
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  @Test
  void anExitAnswersWithItsHeadOrWithTheMeanUpToThere() {
    assertEquals(sigmoid(1), probability(false, 0), 1e-6);
    assertEquals(sigmoid(-3), probability(false, 1), 1e-6);
    assertEquals(sigmoid(1), probability(true, 0), 1e-6);
    assertEquals(sigmoid((1 - 3) / 2.0), probability(true, 1), 1e-6);
  }
}
