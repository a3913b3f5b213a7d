package org.sparkadept.pipeline.ml.fit;

import dev.ludovic.netlib.lapack.LAPACK;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.netlib.util.intW;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fit.FitModel;
import org.sparkadept.decoder.fit.FitRow;
import org.sparkadept.decoder.fit.MapperSums;

/**
 * The hidden state mappers by ridge regression: {@code R = (G + ρ·I)⁻¹ C} for every exit layer and
 * layer above it, ρ being a share of G's mean diagonal; the constant is not shrunk.
 */
final class MapperFit {
  private static final int DEPTH = 2;

  private MapperFit() {}

  /**
   * @param mapper by layer above, from 1
   * @param error {@code sqrt(Σ‖ŷ − y‖² / Σ‖y‖²)} on the tokens that were fitted on, mean over
   *     layers
   */
  record Fitted(TreeMap<Integer, ModelDraft.Linear> mapper, double error) implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Sums up the sample, on the cluster, in one pass for all exit layers.
   *
   * @param model runs at full depth
   * @param exitLayers from 1
   * @return the sums of each exit layer, in their order
   */
  static List<MapperSums> sums(JavaRDD<byte[]> texts, TaskModel model, List<Integer> exitLayers) {
    FlatMapFunction<Iterator<byte[]>, ArrayList<MapperSums>> summing =
        source -> {
          Classifier classifier = model.classifier();
          FitModel weights = model.weights();
          ArrayList<MapperSums> sums = new ArrayList<>();
          exitLayers.forEach(layer -> sums.add(new MapperSums(layer, weights.config())));
          model.forEach(
              source,
              batch ->
                  classifier.observe(
                      batch.toArray(new byte[0][]),
                      (i, states) -> {
                        FitRow row = new FitRow(weights, states);
                        sums.forEach(sum -> sum.add(row));
                      }));
          return List.of(sums).iterator();
        };
    return texts.mapPartitions(summing).treeReduce(MapperFit::plus, DEPTH);
  }

  private static ArrayList<MapperSums> plus(ArrayList<MapperSums> a, ArrayList<MapperSums> b) {
    for (int i = 0; i < a.size(); i++) {
      a.get(i).plus(b.get(i));
    }
    return a;
  }

  /**
   * Solves for all layers above.
   *
   * @param layers number of the model's layers
   * @param ridge ρ over the mean diagonal of G
   */
  static Fitted solve(MapperSums sums, int layers, double ridge) {
    TreeMap<Integer, ModelDraft.Linear> mapper = new TreeMap<>();
    double error = 0;
    for (int layer = sums.exitLayer() + 1; layer <= layers; layer++) {
      double[] solution = solveLayer(sums, layer, ridge);
      mapper.put(layer, linear(solution, sums.inputs(), sums.outputs()));
      error += error(sums, layer, solution) / (layers - sums.exitLayer());
    }
    return new Fitted(mapper, error);
  }

  /** {@code [outputs][inputs]}, outputs one after the other: LAPACK's columns. */
  private static double[] solveLayer(MapperSums sums, int layer, double ridge) {
    int n = sums.inputs();
    int m = sums.outputs();
    double[] left = sums.gram();
    double trace = 0;
    for (int i = 0; i < n - 1; i++) {
      trace += left[i * n + i];
    }
    double shrink = ridge * Math.max(trace / (n - 1), Double.MIN_NORMAL);
    for (int i = 0; i < n - 1; i++) {
      left[i * n + i] += shrink;
    }
    double[] right = new double[n * m];
    double[] cross = sums.cross(layer);
    for (int i = 0; i < n; i++) {
      for (int o = 0; o < m; o++) {
        right[o * n + i] = cross[i * m + o];
      }
    }
    intW info = new intW(0);
    LAPACK.getInstance().dposv("U", n, m, left, n, right, n, info);
    if (info.val != 0) {
      throw new AdeptException(
          "The hidden state mapper of layer "
              + sums.exitLayer()
              + " cannot be solved from "
              + sums.tokens()
              + " tokens; raise mapperTokens, or set tokenExit to false.");
    }
    return right;
  }

  private static ModelDraft.Linear linear(double[] solution, int n, int m) {
    float[] weight = new float[m * (n - 1)];
    float[] bias = new float[m];
    for (int o = 0; o < m; o++) {
      for (int i = 0; i < n - 1; i++) {
        weight[o * (n - 1) + i] = (float) solution[o * n + i];
      }
      bias[o] = (float) solution[o * n + n - 1];
    }
    return new ModelDraft.Linear(weight, bias);
  }

  /** From {@code Σ‖ŷ − y‖² = Σ‖y‖² − 2·tr(RᵀC) + tr(RᵀGR)}. */
  private static double error(MapperSums sums, int layer, double[] solution) {
    int n = sums.inputs();
    int m = sums.outputs();
    double[] gram = sums.gram();
    double[] cross = sums.cross(layer);
    double residual = sums.squares(layer);
    for (int o = 0; o < m; o++) {
      for (int i = 0; i < n; i++) {
        double mapped = 0;
        for (int j = 0; j < n; j++) {
          mapped += gram[i * n + j] * solution[o * n + j];
        }
        residual += solution[o * n + i] * (mapped - 2 * cross[i * m + o]);
      }
    }
    return Math.sqrt(Math.max(0, residual) / Math.max(sums.squares(layer), Double.MIN_NORMAL));
  }
}
