package org.sparkadept.benchmarks.real;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.HeadInputs;

class CheckpointPassTest {
  private static final List<String> LABELS = List.of("a", "b", "c");
  private static final int LAYERS = 5;

  @TempDir private Path folder;
  private final byte[][] texts = new byte[70][];
  private Path directory;
  private ModelConfig config;

  @BeforeEach
  void write() throws IOException {
    Random random = TestSeed.random();
    Path checkpoint =
        TinyCheckpoint.llama()
            .layers(LAYERS)
            .withoutHead()
            .seed(random.nextLong())
            .write(folder.resolve("checkpoint"));
    directory = folder.resolve("zero");
    ZeroHead.write(checkpoint, directory, List.of("of", "before"));
    config = ZeroHead.write(checkpoint, directory, LABELS);
    for (int i = 0; i < texts.length; i++) {
      String text = "x".repeat(1 + random.nextInt(40));
      texts[i] = text.getBytes(StandardCharsets.UTF_8);
    }
    texts[3] = new byte[0];
  }

  @Test
  void theCostIsThatOfThePolicyNone() {
    try (CheckpointPass pass = new CheckpointPass(directory, 0);
        LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      CheckpointPass.Cost cost = pass.cost(texts);
      Classifications answers = model.classifier(ClassifierOptions.defaults()).classify(texts);

      assertEquals(texts.length - 1, cost.rows());
      assertEquals(answers.statistics().checkpointFlops(), cost.flops());
      assertEquals(cost.rows(), cost.rowsByTokens().values().stream().mapToInt(n -> n).sum());
      assertTrue(cost.seconds() > 0);
      LayerCosts costs = new LayerCosts(config, cost.rowsByTokens(), LABELS.size());
      assertEquals(cost.flops(), costs.flops(LAYERS, ExitHead.Input.CLASS_TOKEN));
      assertEquals(1, costs.share(LAYERS, ExitHead.Input.CLASS_TOKEN));
      double previous = 0;
      for (int layer = 1; layer <= LAYERS; layer++) {
        double share = costs.share(layer, ExitHead.Input.CLASS_TOKEN_AND_MEAN);
        assertTrue(share > previous, "layer " + layer + ": " + share);
        previous = share;
      }
    }
  }

  @Test
  void whatHeadsReadIsInTheOrderOfTheRows() {
    int[] layers = {2, 5};
    try (CheckpointPass pass = new CheckpointPass(directory, 16);
        LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      HeadInputs[] found = pass.headInputs(texts, layers);
      HeadInputs[] plain =
          model
              .classifier(ClassifierOptions.defaults().withMaxTokens(16))
              .headInputs(texts, layers, ExitHead.Input.CLASS_TOKEN_AND_MEAN);
      for (int row = 0; row < texts.length; row++) {
        assertEquals(plain[row] == null, found[row] == null, "row " + row);
        for (int exit = 0; plain[row] != null && exit < layers.length; exit++) {
          assertArrayEquals(plain[row].inputs()[exit], found[row].inputs()[exit], "row " + row);
        }
      }
    }
  }
}
