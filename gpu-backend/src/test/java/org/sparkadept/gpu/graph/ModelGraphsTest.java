package org.sparkadept.gpu.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.FittedExits;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.gpu.TestDevice;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.weights.EmbeddingWeights;
import org.sparkadept.gpu.weights.LayerWeights;
import org.sparkadept.gpu.weights.LinearWeights;

/** A row with more tokens than a launch takes is computed in several, with the same results. */
class ModelGraphsTest {
  private static final int LAYERS = 3;
  private static final int TOKENS = 100;

  @TempDir Path directory;

  @Test
  void aRowLongerThanALaunchGivesTheSameStatesAndExits() throws IOException {
    Device device = TestDevice.orSkip();
    TinyCheckpoint.qwen3()
        .layers(LAYERS)
        .positions(TOKENS)
        .adept(TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(0.93, 1, 2))
        .write(directory);
    MemoryPlan plan = new MemoryPlan(2 * TOKENS, TOKENS, TOKENS, 1, 1);
    MemoryPlan small = new MemoryPlan(2 * TOKENS, 32, 24, 1, 1);
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      List<float[]> expected = run(opened, plan, device, LAYERS);
      List<float[]> found = run(opened, small, device, 1);
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), found.get(i), 0f, "result " + i);
      }
    }
  }

  /** Hidden states and token exits after each layer; layers are added {@code step} at a time. */
  private static List<float[]> run(
      ModelDirectory opened, MemoryPlan memory, Device device, int step) {
    ModelTensors tensors = opened.tensors();
    TokenExits tokenExits = new FittedExits(opened, tensors).tokenExits(TokenExitKind.MODEL);
    List<float[]> results = new ArrayList<>();
    EmbeddingWeights embeddings = EmbeddingWeights.read(tensors, false);
    try (ModelGraphs graphs = new ModelGraphs(tensors, embeddings, memory, false, device)) {
      for (int first = 0; first < LAYERS; first += step) {
        LayerWeights weights = new LayerWeights(tensors, first, first + step, false);
        graphs.addLayers(weights, first, first + step);
      }
      List<LinearTensors> maps = new ArrayList<>();
      for (int exit : tokenExits.policies().keySet()) {
        for (int layer = exit + 1; layer < LAYERS; layer++) {
          maps.add(tokenExits.mapper().map(exit, layer));
        }
      }
      List<float[]> norms = new ArrayList<>();
      tensors.layers().forEach(layer -> norms.add(layer.keyNorm()));
      graphs.addMaps(new LinearWeights(maps, tensors.config().norms().eps(), norms, false));

      int[] exitLayers = new int[TOKENS];
      LaunchRows rows = new LaunchRows();
      rows.add(7, TOKENS, exitLayers, 0);
      int vocabulary = tensors.config().vocabulary();
      graphs.embed(rows, new Random(3).ints(TOKENS, 0, vocabulary).toArray());
      results.add(graphs.hiddenStates(rows, TOKENS));
      graphs.computeKeyValues(0, rows, TokenExits.NONE);
      graphs.runAllTokens(0, rows);
      results.add(graphs.hiddenStates(rows, TOKENS));
      graphs.embed(rows, new Random(4).ints(TOKENS, 0, vocabulary).toArray());
      for (int layer = 0; layer < LAYERS; layer++) {
        boolean hasPolicy = tokenExits.policies().containsKey(layer);
        graphs.computeKeyValues(layer, rows, tokenExits);
        graphs.runClassTokens(layer, rows, hasPolicy);
        graphs.runOtherTokens(layer, rows, tokenExits.policies().get(layer));
        if (hasPolicy) {
          int[] exited = graphs.exitTokens(layer, tokenExits.threshold(), rows);
          mark(exitLayers, exited, layer + 1);
        }
        results.add(graphs.hiddenStates(rows, TOKENS));
        float[] exits = new float[TOKENS];
        for (int t = 0; t < TOKENS; t++) {
          exits[t] = exitLayers[t];
        }
        results.add(exits);
      }
      long left = IntStream.of(exitLayers).filter(exit -> exit > 0).count();
      assertTrue(left > 0 && left < TOKENS - 1, left + " tokens exited");
    }
    return results;
  }

  private static void mark(int[] exitLayers, int[] exited, int exitLayer) {
    int at = 0;
    for (int t = 0; t < TOKENS - 1; t++) {
      if (exitLayers[t] == 0 && exited[at++] != 0) {
        exitLayers[t] = exitLayer;
      }
    }
  }
}
