package org.sparkadept.decoder.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.checkpoint.ModelDirectory;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.ModelConfig;

class LayerCostTest {
  @TempDir Path directory;

  @Test
  void aGatedLayerCostsItsWeightsAndItsVisiblePairs() throws IOException {
    ModelConfig config =
        config(TinyCheckpoint.llama().layers(3).width(24).heads(6, 2, 4).mlpWidth(37));
    LayerCost cost = new LayerCost(config, 5);
    long weights = 24 * 24 + 24 * 8 + 24 * 8 + 24 * 24 + 3 * 24 * 37;
    long pairs = 1 + 2 + 3 + 4 + 5;
    // Scores and mixing: two products of headDim for each head and pair, two operations each.
    long layer = 2 * weights * 5 + 2 * 2 * 6 * 4 * pairs;
    assertEquals(layer, cost.layers(1, 2, 5));
    assertEquals(3 * layer, cost.layers(0, 3, 5));
    assertEquals(2 * 24 * 5, cost.head());
  }

  @Test
  void aSlidingWindowBoundsThePairs() throws IOException {
    ModelConfig config = config(TinyCheckpoint.mistral());
    int window = config.slidingWindow()[0];
    int tokens = window + 3;
    long visible = 0;
    for (int at = 0; at < tokens; at++) {
      visible += Math.min(at + 1, window);
    }
    LayerCost cost = new LayerCost(config, 2);
    long projections = tokens * (cost.layers(0, 1, 1) - 4L * config.queryWidth());
    assertEquals(projections + 4L * config.queryWidth() * visible, cost.layers(0, 1, tokens));
  }

  private ModelConfig config(TinyCheckpoint checkpoint) throws IOException {
    try (ModelDirectory opened = ModelDirectory.open(checkpoint.write(directory))) {
      return opened.config();
    }
  }
}
