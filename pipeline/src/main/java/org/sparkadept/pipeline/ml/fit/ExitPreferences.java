package org.sparkadept.pipeline.ml.fit;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.Row;
import org.sparkadept.decoder.exit.AdeptPolicy;

/**
 * What the exit policy prefers at every exit but the last, for rows of {@link ReadOutPass}.
 *
 * @param layers of the exits, from 1
 * @param inputs how many values of the state each reads before the read-out; 0 for none
 * @param weights {@code [exits][features]}
 * @param biases {@code [exits]}
 */
record ExitPreferences(int[] layers, int[] inputs, double[][] weights, double[] biases)
    implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int READOUTS = AdeptPolicy.READOUT_FEATURES;

  /** Preferences without weights, to be filled. */
  static ExitPreferences of(ModelDraft draft, boolean readsState) {
    int exits = draft.exitLayers().length - 1;
    int[] layers = Arrays.copyOf(draft.exitLayers(), exits);
    int[] inputs =
        Arrays.stream(layers).map(layer -> readsState ? draft.inputs(layer) : 0).toArray();
    return new ExitPreferences(layers, inputs, new double[exits][], new double[exits]);
  }

  /** Number of exits, without the last. */
  int exits() {
    return layers.length;
  }

  /** Log-odds of leaving: it is preferred from 0 on. */
  double logOdds(Row row, int exit) {
    double[] features = features(row, exit);
    double z = biases[exit];
    for (int i = 0; i < features.length; i++) {
      z += weights[exit][i] * features[i];
    }
    return z;
  }

  /**
   * What the head reads, then {@link PolicyFit#FEATURES}, the log-odds of the probability first.
   */
  double[] features(Row row, int exit) {
    int size = inputs[exit];
    double[] features =
        size == 0
            ? new double[READOUTS]
            : Floats.doubles((byte[]) row.getAs(StatePass.state(layers[exit])), size, READOUTS);
    float[] readouts = Floats.floats((byte[]) row.getAs(ReadOutPass.READOUTS));
    for (int i = 0; i < READOUTS; i++) {
      features[size + i] = readouts[READOUTS * exit + i];
    }
    return features;
  }

  /** The top probability among the features. */
  double probability(int exit, double[] features) {
    return 1 / (1 + Math.exp(-features[inputs[exit]]));
  }

  /** The same with all log-odds z as {@code (z − shift)·factor}. */
  ExitPreferences scaled(double shift, double factor) {
    double[][] scaled = new double[weights.length][];
    double[] shifted = new double[biases.length];
    for (int exit = 0; exit < scaled.length; exit++) {
      scaled[exit] = Arrays.stream(weights[exit]).map(weight -> weight * factor).toArray();
      shifted[exit] = (biases[exit] - shift) * factor;
    }
    return new ExitPreferences(layers, inputs, scaled, shifted);
  }
}
