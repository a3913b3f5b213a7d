package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.exit.AdeptPolicy;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.pipeline.calibrate.RiskTarget;

/**
 * Pass over the validation rows: the read-outs of every exit and the utility of leaving there,
 * {@code U_e = λ·T_e − β·C_e}, beside the states. {@code T_e} is −1 where the answer at e violates
 * the target that τ is calibrated for, else 0: the policy learns the risk that the guarantee
 * bounds.
 */
final class TracePass {
  /** {@code [exits · 4]}: the features that {@link AdeptPolicy} reads of each exit's head. */
  static final String READOUTS = "readouts";

  /** {@code [exits]}: U_e. */
  static final String UTILITIES = "utilities";

  /** {@code [exits]}: C_e. */
  static final String COSTS = "costs";

  private TracePass() {}

  /**
   * @param states of {@link StatePass}
   * @param model has the heads and token exits; its policy is {@code adept}
   * @param exitLayers from 1
   * @param policy weights of violations and compute
   * @param target the risk that answers may violate
   * @return {@code readouts, utilities, costs} and, where the policy reads them, {@code state_e…},
   *     as floats in bytes; lazy
   */
  static Dataset<Row> over(
      Dataset<Row> states,
      TaskModel model,
      int[] exitLayers,
      FitSettings.PolicySettings policy,
      RiskTarget.Kind target) {
    StructType schema =
        new StructType()
            .add(READOUTS, DataTypes.BinaryType)
            .add(UTILITIES, DataTypes.BinaryType)
            .add(COSTS, DataTypes.BinaryType);
    int[] stateLayers = policy.readsState() ? exitLayers : new int[0];
    for (int layer : stateLayers) {
      schema = schema.add(StatePass.state(layer), DataTypes.BinaryType);
    }
    double lambda = policy.lambda();
    double beta = policy.beta();
    MapPartitionsFunction<Row, Row> tracing =
        source -> {
          Classifier classifier = model.classifier();
          return model.map(
              source,
              batch -> {
                List<Row> traced = new ArrayList<>();
                ExitTrace[] traces = classifier.trace(TaskModel.texts(batch), false);
                for (int i = 0; i < traces.length; i++) {
                  if (traces[i] != null && traces[i].finite()) {
                    Row row = batch.get(i);
                    int label = (int) row.<Double>getAs(SplitRows.LABEL).doubleValue();
                    float[] utilities = utilities(traces[i], label, lambda, beta, target);
                    traced.add(row(row, traces[i], utilities, stateLayers));
                  }
                }
                return traced;
              });
        };
    return states.mapPartitions(tracing, Encoders.row(schema));
  }

  /** U_e of each exit. */
  static float[] utilities(
      ExitTrace trace, int truth, double lambda, double beta, RiskTarget.Kind target) {
    float[] utilities = new float[trace.exits()];
    int fullDepth = trace.readouts()[utilities.length - 1].label();
    for (int exit = 0; exit < utilities.length; exit++) {
      boolean violates = target.violates(trace.readouts()[exit].label(), fullDepth, truth);
      utilities[exit] = (float) ((violates ? -lambda : 0) - beta * trace.cost(exit));
    }
    return utilities;
  }

  private static Row row(Row states, ExitTrace trace, float[] utilities, int[] stateLayers) {
    int count = AdeptPolicy.READOUT_FEATURES;
    float[] readouts = new float[count * trace.exits()];
    float[] costs = new float[trace.exits()];
    for (int exit = 0; exit < trace.exits(); exit++) {
      System.arraycopy(
          AdeptPolicy.features(trace.readouts()[exit]), 0, readouts, count * exit, count);
      costs[exit] = (float) trace.cost(exit);
    }
    Object[] values = new Object[3 + stateLayers.length];
    values[0] = Floats.bytes(readouts);
    values[1] = Floats.bytes(utilities);
    values[2] = Floats.bytes(costs);
    for (int e = 0; e < stateLayers.length; e++) {
      values[3 + e] = states.getAs(StatePass.state(stateLayers[e]));
    }
    return RowFactory.create(values);
  }
}
