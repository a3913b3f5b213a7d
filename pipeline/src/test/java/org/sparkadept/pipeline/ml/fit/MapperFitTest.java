package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fit.FitModel;
import org.sparkadept.decoder.fit.FitRow;
import org.sparkadept.decoder.fit.MapperSums;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.pipeline.progress.RowCounter;

/** The mapper is the solution of its normal equations, however the rows are dealt out. */
class MapperFitTest {
  private static final ComputeOptions COMPUTE = ComputeOptions.defaults();
  private static final ClassifierOptions OPTIONS = ClassifierOptions.defaults().atFullDepth();

  @TempDir Path directory;

  private static List<byte[]> texts() {
    List<byte[]> texts = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String text = "text " + i * i + " of " + (char) ('a' + i % 26) + " and " + i * 7919;
      texts.add(text.getBytes(StandardCharsets.UTF_8));
    }
    return texts;
  }

  private MapperSums onTheCluster(int parts) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(TestSpark.session().sparkContext());
    return MapperFit.sums(
            spark.parallelize(texts(), parts),
            new TaskModel(directory.toString(), COMPUTE, OPTIONS, RowCounter.register(spark.sc())),
            List.of(1))
        .get(0);
  }

  private MapperSums here() {
    try (LoadedModel loaded = LoadedModel.open(directory, COMPUTE);
        FitModel model = FitModel.open(directory)) {
      MapperSums sums = new MapperSums(1, model.config());
      loaded
          .classifier(OPTIONS)
          .observe(
              texts().toArray(new byte[0][]), (row, states) -> sums.add(new FitRow(model, states)));
      return sums;
    }
  }

  @Test
  void theSolutionIsThatOfTheNormalEquations() throws IOException {
    TinyCheckpoint.llama().labels("a", "b").write(directory);
    MapperSums sums = onTheCluster(3);
    MapperSums expected = here();
    assertEquals(expected.tokens(), sums.tokens());
    double ridge = 1e-4;
    MapperFit.Fitted fitted = MapperFit.solve(sums, 3, ridge);
    for (int layer = 2; layer <= 3; layer++) {
      double[][] plain = eliminate(expected, layer, ridge);
      ModelDraft.Linear found = fitted.mapper().get(layer);
      int n = sums.inputs();
      for (int o = 0; o < sums.outputs(); o++) {
        for (int i = 0; i < n - 1; i++) {
          assertEquals(plain[i][n + o], found.weight()[o * (n - 1) + i], 1e-4);
        }
        assertEquals(plain[n - 1][n + o], found.bias()[o], 1e-4);
      }
    }
    assertTrue(fitted.error() > 0 && fitted.error() < 0.5, "error " + fitted.error());
  }

  /** One layer above, keys and values are linear in what the mapper reads. */
  @Test
  void oneLayerAboveTheFitIsExact() throws IOException {
    TinyCheckpoint.gpt2().layers(2).labels("a", "b").write(directory);
    MapperFit.Fitted fitted = MapperFit.solve(onTheCluster(2), 2, 1e-9);
    assertEquals(0, fitted.error(), 1e-3);
  }

  /** Gauss-Jordan of {@code [G + ρI | C]}, with pivots. */
  private static double[][] eliminate(MapperSums sums, int layer, double ridge) {
    int n = sums.inputs();
    double[][] rows = new double[n][n + sums.outputs()];
    double[] gram = sums.gram();
    double trace = 0;
    for (int i = 0; i < n - 1; i++) {
      trace += gram[i * n + i];
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        rows[i][j] = gram[i * n + j];
      }
      rows[i][i] += i < n - 1 ? ridge * trace / (n - 1) : 0;
      for (int o = 0; o < sums.outputs(); o++) {
        rows[i][n + o] = sums.cross(layer)[i * sums.outputs() + o];
      }
    }
    for (int i = 0; i < n; i++) {
      int pivot = i;
      for (int j = i + 1; j < n; j++) {
        pivot = Math.abs(rows[j][i]) > Math.abs(rows[pivot][i]) ? j : pivot;
      }
      double[] swapped = rows[i];
      rows[i] = rows[pivot];
      rows[pivot] = swapped;
      for (int j = 0; j < n; j++) {
        double factor = j == i ? 1 - 1 / rows[i][i] : rows[j][i] / rows[i][i];
        for (int k = n + sums.outputs() - 1; k >= i; k--) {
          rows[j][k] -= factor * rows[i][k];
        }
      }
    }
    return rows;
  }
}
