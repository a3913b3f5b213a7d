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
import org.sparkadept.pipeline.TestSpark;

/** Heads against an independent softmax regression by gradient descent. */
class HeadFitTest {
  private static final int WIDTH = 3;
  private static final int LABELS = 3;
  private static final StructType SCHEMA =
      new StructType()
          .add(SplitRows.LABEL, DataTypes.DoubleType)
          .add(StatePass.state(2), DataTypes.BinaryType);

  private final float[][] states = new float[300][WIDTH];
  private final int[] labels = new int[300];

  private Dataset<Row> rows(int used) {
    Random random = new Random(9);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < states.length; i++) {
      labels[i] = random.nextInt(used);
      for (int j = 0; j < WIDTH; j++) {
        states[i][j] = (float) random.nextGaussian() + (j == labels[i] ? 1 : 0);
      }
      rows.add(RowFactory.create((double) labels[i], Floats.bytes(states[i])));
    }
    return TestSpark.session().createDataFrame(rows, SCHEMA);
  }

  private double[] probabilities(double[][] weight, double[] bias, float[] state) {
    double[] p = new double[LABELS];
    double sum = 0;
    for (int k = 0; k < LABELS; k++) {
      double z = bias[k];
      for (int j = 0; j < WIDTH; j++) {
        z += weight[k][j] * state[j];
      }
      p[k] = Math.exp(z);
      sum += p[k];
    }
    for (int k = 0; k < LABELS; k++) {
      p[k] /= sum;
    }
    return p;
  }

  private static ModelDraft.Linear head(Dataset<Row> rows, double ridge) {
    return HeadFit.linear(HeadFit.fit(rows, 2, WIDTH, LABELS, ridge));
  }

  @Test
  void aHeadIsThePlainSoftmaxRegression() {
    ModelDraft.Linear head = head(rows(LABELS), 0);
    double[][] weight = new double[LABELS][WIDTH];
    double[] bias = new double[LABELS];
    for (int step = 0; step < 3000; step++) {
      double[][] down = new double[LABELS][WIDTH];
      double[] downBias = new double[LABELS];
      for (int i = 0; i < states.length; i++) {
        double[] p = probabilities(weight, bias, states[i]);
        for (int k = 0; k < LABELS; k++) {
          double error = (p[k] - (labels[i] == k ? 1 : 0)) / states.length;
          downBias[k] += error;
          for (int j = 0; j < WIDTH; j++) {
            down[k][j] += error * states[i][j];
          }
        }
      }
      for (int k = 0; k < LABELS; k++) {
        bias[k] -= downBias[k];
        for (int j = 0; j < WIDTH; j++) {
          weight[k][j] -= down[k][j];
        }
      }
    }
    double[][] found = new double[LABELS][WIDTH];
    double[] foundBias = new double[LABELS];
    for (int k = 0; k < LABELS; k++) {
      foundBias[k] = head.bias()[k];
      for (int j = 0; j < WIDTH; j++) {
        found[k][j] = head.weight()[k * WIDTH + j];
      }
    }
    for (float[] state : states) {
      double[] expected = probabilities(weight, bias, state);
      double[] p = probabilities(found, foundBias, state);
      for (int k = 0; k < LABELS; k++) {
        assertEquals(expected[k], p[k], 2e-3);
      }
    }
  }

  @Test
  void aLabelWithoutRowsIsNeverTheAnswer() {
    ModelDraft.Linear head = head(rows(2), 1e-3);
    assertEquals(LABELS, head.bias().length);
    for (int k = 0; k < LABELS; k++) {
      assertTrue(Float.isFinite(head.bias()[k]));
    }
    assertTrue(head.bias()[2] < head.bias()[0] - 3, "bias " + head.bias()[2]);
  }
}
