package org.sparkadept.pipeline.tune;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.training.torch.Precision;

class TuneMemoryTest {
  @TempDir private Path folder;

  @Test
  void aTrainedWeightTakesSixteenBytesAndAFrozenOneItsFormat() throws IOException {
    ModelConfig config = config();
    long weights = 2 * config.layerParameters();
    assertEquals(16 * weights, memory(config, 0, 256, 20).weightBytes());
    long lora = memory(config, 1, 256, 20).weightBytes() - 2 * weights;
    assertTrue(lora > 0 && lora < 16 * weights, lora + " bytes");
  }

  @Test
  void activationsGrowWithTheTokensOfAStepAndOfTheLongestRow() throws IOException {
    ModelConfig config = config();
    long few = memory(config, 0, 256, 60).activationBytes();
    assertEquals(4 * few, memory(config, 0, 1024, 60).activationBytes());
    assertTrue(memory(config, 0, 256, 61).activationBytes() > few);
    // 32 short rows are fewer tokens than the bound.
    assertEquals(
        memory(config, 0, 320, 10).activationBytes(),
        memory(config, 0, 4096, 10).activationBytes());
  }

  @Test
  void whatDoesNotFitIsRefusedWithFiguresAndOptions() throws IOException {
    TuneMemory memory = memory(config(), 0, 256, 20);
    assertDoesNotThrow(() -> memory.check(memory.bytes() + 1000, 1000));
    AdeptException thrown =
        assertThrows(AdeptException.class, () -> memory.check(memory.bytes() + 999, 1000));
    assertTrue(thrown.getMessage().contains("--batch-tokens"), thrown.getMessage());
    assertTrue(thrown.getMessage().contains("MiB weights"), thrown.getMessage());
  }

  private ModelConfig config() throws IOException {
    try (ModelDirectory directory =
        ModelDirectory.open(TinyCheckpoint.llama().withoutHead().write(folder))) {
      return directory.config();
    }
  }

  private static TuneMemory memory(ModelConfig config, int lora, int tokens, int longest) {
    TuneOptions options =
        new TuneOptions(
            2,
            List.of(),
            ExitHead.Input.CLASS_TOKEN,
            1,
            Double.NaN,
            tokens,
            lora,
            false,
            null,
            Precision.BF16);
    return TuneMemory.of(config, options.settings(config.layers(), false), longest);
  }
}
