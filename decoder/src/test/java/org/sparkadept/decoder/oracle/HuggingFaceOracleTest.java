package org.sparkadept.decoder.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

class HuggingFaceOracleTest {

  private static final int[] IDS = {65, 256, 101, 258};

  @TempDir Path directory;

  @Test
  void theHeadSeesTheNormedLastState() throws Exception {
    Path path = TinyCheckpoint.llama().labels("no", "yes").write(directory);
    double[] top = HuggingFaceOracle.hiddenAfterEachLayer(path, IDS)[2];
    Map<String, double[]> weights = OracleFiles.weights(path);
    double[] normed = OracleMath.rmsNorm(weights.get("norm.weight"), 1e-5, top);
    double[] logits = HuggingFaceOracle.logits(path, IDS);
    assertEquals(2, logits.length);
    for (int label = 0; label < 2; label++) {
      double expected = 0;
      for (int i = 0; i < 24; i++) {
        expected += weights.get("score.weight")[label * 24 + i] * normed[i];
      }
      assertEquals(expected, logits[label], 1e-12);
    }
  }

  @Test
  void exitHeadsSeeTheNormedStateOfTheirLayer() throws Exception {
    Path path = TinyCheckpoint.gpt2().adept(TinyAdept.confidence(0.6, 1, 3)).write(directory);
    double[] state = HuggingFaceOracle.hiddenAfterEachLayer(path, IDS)[0];
    Map<String, double[]> weights = OracleFiles.weights(path);
    Map<String, double[]> heads = OracleFiles.tensors(path.resolve("adept.safetensors"));
    double[] normed =
        OracleMath.layerNorm(weights.get("ln_f.weight"), weights.get("ln_f.bias"), 1e-5, state);
    double expected = heads.get("exit.1.bias")[4];
    for (int i = 0; i < 24; i++) {
      expected += heads.get("exit.1.weight")[4 * 24 + i] * normed[i];
    }
    assertEquals(expected, HuggingFaceOracle.exitLogits(path, IDS, 1)[4], 1e-12);
  }

  @Test
  void theCheckpointsHeadStandsForTheLastExit() throws Exception {
    Path path = TinyCheckpoint.qwen3().adept(TinyAdept.confidence(0.6, 2, 3)).write(directory);
    assertArrayEquals(
        HuggingFaceOracle.logits(path, IDS), HuggingFaceOracle.exitLogits(path, IDS, 3), 0);
  }

  @Test
  void aCheckpointWithoutHeadHasALastExitHead() throws Exception {
    TinyAdept adept = TinyAdept.confidence(0.6, 2, 3).withLabels("a", "b", "c");
    Path path = TinyCheckpoint.qwen2().withoutHead().adept(adept).write(directory);
    assertEquals(3, HuggingFaceOracle.exitLogits(path, IDS, 3).length);
  }
}
