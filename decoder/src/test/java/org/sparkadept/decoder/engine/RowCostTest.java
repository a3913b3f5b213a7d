package org.sparkadept.decoder.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.exit.ExitHead.Input;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.ModelConfig;

class RowCostTest {
  @TempDir Path directory;

  @Test
  void aGatedRowCostsItsWeightsAndItsVisiblePairs() throws IOException {
    ModelConfig config =
        config(TinyCheckpoint.llama().layers(3).width(24).heads(6, 2, 4).mlpWidth(37));
    RowCost cost = new RowCost(config, config.layers());
    long keyValue = 24 * 8 + 24 * 8;
    long rest = 24 * 24 + 24 * 24 + 3 * 24 * 37;
    long pairs = 1 + 2 + 3 + 4 + 5;
    // Scores and mixing: two products of headDim for each head and pair, two operations each.
    long layer = 2 * (keyValue + rest) * 5 + 2 * 2 * 6 * 4 * pairs;
    assertEquals(layer, cost.whole(1, 5));
    assertEquals(2 * keyValue * 5 + 2 * rest + 2 * 2 * 6 * 4 * 5, cost.classToken(1, 5));
    assertEquals(2 * rest + 2 * 2 * 6 * 4 * 2, cost.otherToken(1, 1));
    long head = cost.head(Input.CLASS_TOKEN, 7, 5);
    assertEquals(2 * 24 * 7, head);
    assertEquals(2 * layer + cost.classToken(2, 5) + head, cost.fullDepth(5, 7, Input.CLASS_TOKEN));
    assertEquals(2 * 48 * 7 + 2 * 24 * 4, cost.head(Input.CLASS_TOKEN_AND_MEAN, 7, 5));
    long both = head + cost.head(Input.CLASS_TOKEN_AND_MEAN, 7, 5);
    assertEquals(
        cost.fullDepth(5, 7) + both,
        cost.fullDepth(5, 7, Input.CLASS_TOKEN, Input.CLASS_TOKEN_AND_MEAN));
    RowCost checkpoint = new RowCost(config, config.layers() + 2);
    assertEquals(
        4 * layer + cost.classToken(2, 5) + head, checkpoint.fullDepth(5, 7, Input.CLASS_TOKEN));
  }

  @Test
  void aSlidingWindowBoundsThePairs() throws IOException {
    ModelConfig config = config(TinyCheckpoint.mistral());
    int window = config.slidingWindow(0);
    int tokens = window + 3;
    long visible = 0;
    for (int at = 0; at < tokens; at++) {
      visible += Math.min(at + 1, window);
    }
    RowCost cost = new RowCost(config, config.layers());
    long projections = tokens * (cost.whole(0, 1) - 4L * config.queryWidth());
    assertEquals(projections + 4L * config.queryWidth() * visible, cost.whole(0, tokens));
    assertEquals(cost.otherToken(0, window - 1), cost.otherToken(0, tokens - 1));
  }

  private ModelConfig config(TinyCheckpoint checkpoint) throws IOException {
    try (ModelDirectory opened = ModelDirectory.open(checkpoint.write(directory))) {
      return opened.config();
    }
  }
}
