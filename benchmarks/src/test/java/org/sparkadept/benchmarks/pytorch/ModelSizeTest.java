package org.sparkadept.benchmarks.pytorch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.error.AdeptException;

class ModelSizeTest {
  @ParameterizedTest
  @CsvSource({
    "8x256, 8, 2, 32, 704",
    "12x576, 9, 3, 64, 1536",
    "24x1024, 16, 4, 64, 2752",
    "2x32, 1, 1, 32, 128",
    "2x64, 2, 2, 32, 192"
  })
  void headsAndMlpFollowFromTheWidth(
      String text, int heads, int keyValueHeads, int headWidth, int mlpWidth) {
    ModelSize size = ModelSize.parse(text);

    assertEquals(text, size.toString());
    assertEquals(heads, size.heads());
    assertEquals(keyValueHeads, size.keyValueHeads());
    assertEquals(headWidth, size.headWidth());
    assertEquals(mlpWidth, size.mlpWidth());
  }

  @Test
  void weightsAreThoseOfTheMatrices() {
    long layer = 256 * 256 * 2 + 256 * 64 * 2 + 3 * 256 * 704;

    assertEquals(8 * layer + (8192 + 14) * 256, ModelSize.parse("8x256").weights());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8", "8x", "x256", "8x-256", "8X256", "8x256x2", " 8x256", "1e3x64"})
  void whatIsNoSizeIsRefused(String text) {
    AdeptException e = assertThrows(AdeptException.class, () -> ModelSize.parse(text));

    assertTrue(e.getMessage().contains("for instance 8x256"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1x256", "0x256", "8x0", "8x100", "8x16", "8x288"})
  void sizesThatNoModelHasAreRefused(String text) {
    AdeptException e = assertThrows(AdeptException.class, () -> ModelSize.parse(text));

    assertTrue(e.getMessage().contains("There is no model of size " + text), e.getMessage());
  }

  @Test
  void aModelThatDoesNotFitIntoTheHeapIsRefused() {
    AdeptException e =
        assertThrows(
            AdeptException.class, () -> RandomModel.requireHeap(ModelSize.parse("900x16384")));

    assertTrue(e.getMessage().contains("BENCHMARK_MEMORY"), e.getMessage());
  }
}
