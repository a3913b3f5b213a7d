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
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.pipeline.calibrate.RiskTarget;
import org.sparkadept.pipeline.progress.RowCounter;

/**
 * Pass over the validation rows: what the fitted heads say at every exit and what leaving there is
 * worth, {@code U_e = λ·T_e − β·C_e}, beside the states. {@code T_e} is −1 where the answer at e
 * violates the target that τ is calibrated for, else 0: what is learned is what is guaranteed.
 */
final class TracePass {
  /** {@code [exits · 4]}: probability, margin, entropy, same of each exit. */
  static final String READOUTS = "readouts";

  /** {@code [exits]}: U_e. */
  static final String UTILITIES = "utilities";

  /** {@code [exits]}: C_e. */
  static final String COSTS = "costs";

  private TracePass() {}

  /**
   * @param states what {@link StatePass} gave
   * @param draft a model directory with the heads, token exits and any policy {@code adept}
   * @param options policy {@code adept}
   * @param target what an answer may violate
   * @return {@code readouts, utilities, costs, state_e…} as floats in bytes; lazy
   */
  static Dataset<Row> over(
      Dataset<Row> states,
      String draft,
      DecoderOptions options,
      int[] exitLayers,
      FitSettings.PolicySettings policy,
      RiskTarget.Kind target,
      RowCounter counter) {
    StructType schema =
        new StructType()
            .add(READOUTS, DataTypes.BinaryType)
            .add(UTILITIES, DataTypes.BinaryType)
            .add(COSTS, DataTypes.BinaryType);
    for (int layer : exitLayers) {
      schema = schema.add(StatePass.state(layer), DataTypes.BinaryType);
    }
    double lambda = policy.lambda();
    double beta = policy.beta();
    MapPartitionsFunction<Row, Row> tracing =
        source -> {
          Decoder decoder = TaskModels.decoder(draft, options);
          return new Batches<>(
              source,
              counter,
              batch -> {
                List<Row> traced = new ArrayList<>();
                ExitTrace[] traces = decoder.trace(TaskModels.texts(batch), false);
                for (int i = 0; i < traces.length; i++) {
                  if (traces[i] != null && traces[i].finite()) {
                    Row row = batch.get(i);
                    int label = (int) row.<Double>getAs(DividedRows.LABEL).doubleValue();
                    float[] worth = utilities(traces[i], label, lambda, beta, target);
                    traced.add(row(row, traces[i], worth, exitLayers));
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
    float[] worth = new float[trace.exits()];
    int fullDepth = trace.readouts()[worth.length - 1].label();
    for (int exit = 0; exit < worth.length; exit++) {
      boolean violates = target.violates(trace.readouts()[exit].label(), fullDepth, truth);
      worth[exit] = (float) ((violates ? -lambda : 0) - beta * trace.cost(exit));
    }
    return worth;
  }

  private static Row row(Row states, ExitTrace trace, float[] worth, int[] exitLayers) {
    float[] readouts = new float[4 * trace.exits()];
    float[] costs = new float[trace.exits()];
    for (int exit = 0; exit < trace.exits(); exit++) {
      ExitReadout said = trace.readouts()[exit];
      readouts[4 * exit] = said.probability();
      readouts[4 * exit + 1] = said.margin();
      readouts[4 * exit + 2] = said.entropy();
      readouts[4 * exit + 3] = said.streak() > 1 ? 1 : 0;
      costs[exit] = (float) trace.cost(exit);
    }
    Object[] values = new Object[3 + exitLayers.length];
    values[0] = Floats.bytes(readouts);
    values[1] = Floats.bytes(worth);
    values[2] = Floats.bytes(costs);
    for (int e = 0; e < exitLayers.length; e++) {
      values[3 + e] = states.getAs(StatePass.state(exitLayers[e]));
    }
    return RowFactory.create(values);
  }
}
