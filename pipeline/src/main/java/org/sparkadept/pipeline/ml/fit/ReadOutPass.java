package org.sparkadept.pipeline.ml.fit;

import java.util.Arrays;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.exit.AdeptPolicy;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.pipeline.calibrate.RiskTarget;

/**
 * What the heads say of rows at every exit, from the states of {@link StatePass}: the read-out,
 * whether the answer violates the target that τ is calibrated for, and what leaving there costs. No
 * token exits, so the reference is the same as in the calibration. Each row is read out by heads
 * that were fitted without it.
 */
final class ReadOutPass {
  /**
   * {@code [exits · 4]}: what {@link AdeptPolicy} reads of each exit's head, as floats in bytes.
   */
  static final String READOUTS = "readouts";

  /** {@code [exits]}: 1 where the answer violates the target, else 0. */
  static final String VIOLATIONS = "violations";

  /** {@code [exits]}: C_e, as floats in bytes. */
  static final String COSTS = "costs";

  private ReadOutPass() {}

  /**
   * @param states of {@link StatePass}
   * @param heads of the exits, sent to the executors; the last is the reference's
   * @param cost of rows at full depth, to the reference
   * @param keepsStates whether the policy reads them, too
   * @param target the risk that answers may violate
   * @return {@code fold, readouts, violations, costs} and, where they are kept, {@code state_e…};
   *     lazy
   */
  static Dataset<Row> over(
      Dataset<Row> states,
      Broadcast<CrossFittedHeads> heads,
      RowCost cost,
      boolean keepsStates,
      RiskTarget.Kind target) {
    StructType schema =
        new StructType()
            .add(StatePass.FOLD, DataTypes.IntegerType)
            .add(READOUTS, DataTypes.BinaryType)
            .add(VIOLATIONS, DataTypes.BinaryType)
            .add(COSTS, DataTypes.BinaryType);
    int[] stateLayers = keepsStates ? heads.value().layers() : new int[0];
    for (int layer : stateLayers) {
      schema = schema.add(StatePass.state(layer), DataTypes.BinaryType);
    }
    int longest = states.agg(functions.max(StatePass.TOKENS)).head().getInt(0);
    float[][] costs = costs(longest, heads.value(), cost);
    MapFunction<Row, Row> reading =
        row -> {
          ExitReadout[] readouts = heads.value().readouts(row);
          LabelSet truth = StatePass.labels(row);
          Object[] values = new Object[4 + stateLayers.length];
          values[0] = row.getAs(StatePass.FOLD);
          values[1] = Floats.bytes(features(readouts));
          values[2] = violations(readouts, truth, target);
          values[3] = Floats.bytes(costs[row.<Integer>getAs(StatePass.TOKENS)]);
          for (int e = 0; e < stateLayers.length; e++) {
            values[4 + e] = row.getAs(StatePass.state(stateLayers[e]));
          }
          return RowFactory.create(values);
        };
    return states.map(reading, Encoders.row(schema));
  }

  /** {@code [tokens of a row][exits]}: C_e. */
  static float[][] costs(int longest, CrossFittedHeads heads, RowCost cost) {
    int exits = heads.exits();
    int labels = heads.labels();
    int[] layers = Arrays.stream(heads.layers()).map(layer -> layer - 1).toArray();
    ExitHead.Input[] inputs = heads.inputs();
    ExitHead.Input[] ofReference = RowCost.headsRead(heads.ensemble(), inputs);
    float[][] shares = new float[longest + 1][exits];
    for (int tokens = 1; tokens <= longest; tokens++) {
      long[] flops = cost.exits(tokens, layers, inputs, labels);
      double full = cost.fullDepth(tokens, labels, ofReference);
      for (int exit = 0; exit < exits; exit++) {
        shares[tokens][exit] = (float) (flops[exit] / full);
      }
    }
    return shares;
  }

  /** 1 for each exit whose answer violates the target, else 0. */
  static byte[] violations(ExitReadout[] readouts, LabelSet truth, RiskTarget.Kind target) {
    byte[] violations = new byte[readouts.length];
    LabelSet fullDepth = readouts[readouts.length - 1].labels();
    for (int exit = 0; exit < violations.length; exit++) {
      boolean violates = target.violates(readouts[exit].labels(), fullDepth, truth);
      violations[exit] = (byte) (violates ? 1 : 0);
    }
    return violations;
  }

  private static float[] features(ExitReadout[] readouts) {
    int count = AdeptPolicy.READOUT_FEATURES;
    float[] features = new float[count * readouts.length];
    for (int exit = 0; exit < readouts.length; exit++) {
      System.arraycopy(PolicyFit.FEATURES.of(readouts[exit]), 0, features, count * exit, count);
    }
    return features;
  }
}
