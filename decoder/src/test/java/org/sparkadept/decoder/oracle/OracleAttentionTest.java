package org.sparkadept.decoder.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class OracleAttentionTest {

  @Test
  void queriesOfZeroGiveTheMeanOfWhatTheySee() {
    double[][] zero = {{0}, {0}, {0}, {0}};
    double[][] values = {{1}, {3}, {8}, {0}};
    double[][] out = OracleAttention.attend(zero, zero, values, 1, 0);
    assertArrayEquals(new double[] {1, 2, 4, 3}, column(out), 1e-15);
  }

  @Test
  void aWindowOfTwoSeesTheTokenAndTheOneBefore() {
    double[][] zero = {{0}, {0}, {0}, {0}};
    double[][] values = {{1}, {3}, {8}, {0}};
    double[][] out = OracleAttention.attend(zero, zero, values, 1, 2);
    assertArrayEquals(new double[] {1, 2, 5.5, 4}, column(out), 1e-15);
  }

  @Test
  void scoresAreDividedByTheRootOfTheHeadWidth() {
    double[][] queries = {{0, 0, 0, 0}, {1, 1, 1, 1}};
    double[][] keys = {{0, 0, 0, 0}, {1, 1, 1, 1}};
    double[][] values = {{0, 0, 0, 0}, {1, 0, 0, 0}};
    double[][] out = OracleAttention.attend(queries, keys, values, 4, 0);
    double share = Math.exp(2) / (1 + Math.exp(2)); // 4 / √4
    assertArrayEquals(new double[] {share, 0, 0, 0}, out[1], 1e-15);
  }

  @Test
  void neighbouringQueryHeadsShareAKeyHead() {
    double[][] queries = {{0, 0, 0, 0}};
    double[][] out = OracleAttention.attend(queries, new double[][] {{0, 0}}, twoValues(), 1, 0);
    assertArrayEquals(new double[] {5, 5, 7, 7}, out[0], 0);
  }

  private static double[][] twoValues() {
    return new double[][] {{5, 7}};
  }

  private static double[] column(double[][] rows) {
    double[] column = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      column[i] = rows[i][0];
    }
    return column;
  }
}
