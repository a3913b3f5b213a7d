package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.pipeline.TestTrace;
import org.sparkadept.pipeline.calibrate.RiskTarget;

class ReadOutPassTest {
  @TempDir Path folder;

  /** Two exits that say label 1, then full depth, which says 0. */
  private static byte[] violations(int truth, RiskTarget.Kind target) {
    ExitReadout[] readouts =
        TestTrace.of(new int[] {1, 1, 0}, new float[3], new long[] {10, 50, 100}).readouts();
    return ReadOutPass.violations(readouts, LabelSet.of(truth), target);
  }

  @Test
  void answersViolateWhatTheGuaranteeBounds() {
    byte[] free = {0, 0, 0};
    byte[] violating = {1, 1, 0};
    assertArrayEquals(violating, violations(0, RiskTarget.Kind.DISAGREEMENT));
    assertArrayEquals(violating, violations(1, RiskTarget.Kind.DISAGREEMENT));
    assertArrayEquals(violating, violations(0, RiskTarget.Kind.ACCURACY_LOSS));
    assertArrayEquals(free, violations(1, RiskTarget.Kind.ACCURACY_LOSS));
  }

  /** Leaving at the last exit is full depth, of which an ensemble takes all heads, others one. */
  @Test
  void costsAreSharesOfFullDepth() throws IOException {
    ModelConfig config = config();
    float[][] ensemble = costs(config, true);
    float[][] alone = costs(config, false);
    for (int tokens = 1; tokens <= 9; tokens++) {
      assertEquals(1, ensemble[tokens][2], 1e-6);
      assertTrue(alone[tokens][2] > 1);
      assertTrue(ensemble[tokens][0] < ensemble[tokens][1]);
      assertEquals(alone[tokens][2], alone[tokens][0] / ensemble[tokens][0], 1e-5);
    }
  }

  private ModelConfig config() throws IOException {
    Path model = TinyCheckpoint.llama().layers(3).write(folder);
    try (ModelDirectory directory = ModelDirectory.open(model)) {
      return directory.config();
    }
  }

  private static float[][] costs(ModelConfig config, boolean ensemble) {
    Linear linear = new Linear(new float[2 * config.width()], new float[2]);
    CrossFittedHead head =
        CrossFittedHead.of(new ModelDraft.Head(ExitHead.Input.CLASS_TOKEN, linear));
    TreeMap<Integer, CrossFittedHead> heads = new TreeMap<>(Map.of(1, head, 2, head, 3, head));
    return ReadOutPass.costs(
        9, CrossFittedHeads.of(heads, ensemble, LabelRule.SINGLE_LABEL), new RowCost(config, 3));
  }
}
