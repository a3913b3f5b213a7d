package org.sparkadept.gpu.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.decoder.compute.LoadedModel;
import org.sparkadept.decoder.compute.TensorCores;
import org.sparkadept.decoder.compute.WeightPrecision;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.DamagedToken;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.gpu.TestDevice;
import org.sparkadept.gpu.device.DeviceThread;
import org.sparkadept.gpu.weights.WeightPlan;
import org.sparkadept.gpu.weights.WeightPlan.ArraySize;

/** The precision of weights, on devices with half precision and without. */
class WeightPrecisionTest {
  private static final int LAYERS = 2;
  private static final int TOKENS = 40;
  private static final Set<String> SINGLE = Set.of("positions", "rotary");

  @TempDir Path directory;

  /** Scores of a row, and the memory that the model reserved. */
  private record Run(float[] scores, long reserved, long matrixElements) {}

  @BeforeEach
  void writeModel() throws IOException {
    TestDevice.orSkip();
    TinyCheckpoint.llama().layers(LAYERS).positions(TOKENS).write(directory);
  }

  private static DeviceOptions plain(WeightPrecision precision) {
    return DeviceOptions.defaults().withPrecision(precision).withTensorCores(TensorCores.FALSE);
  }

  private Run run(WeightPrecision precision) throws IOException {
    DeviceThread thread = DeviceThread.acquire(TestDevice.orSkip());
    try (LoadedModel loaded = LoadedModel.open(directory, "tornadovm", TOKENS, plain(precision))) {
      loaded.begin(loaded.randomRows(new Random(1), TOKENS));
      long elements = 0;
      for (Map.Entry<String, ArraySize> array :
          new WeightPlan(loaded.source(), false).sizes().entrySet()) {
        elements += SINGLE.contains(array.getKey()) ? 0 : array.getValue().elements();
      }
      return new Run(loaded.advance(0, LAYERS, 0)[0], thread.reservedMemory(), elements);
    } finally {
      thread.release();
    }
  }

  @Test
  void autoTakesHalvesWhereTheDeviceCanAndTheyTakeHalfTheMemory() throws IOException {
    TestDevice.withHalfPrecisionOrSkip();
    Run single = run(WeightPrecision.F32);
    Run half = run(WeightPrecision.F16);
    assertArrayEquals(half.scores(), run(WeightPrecision.AUTO).scores());
    assertEquals(2 * single.matrixElements(), single.reserved() - half.reserved());
    assertFalse(Arrays.equals(single.scores(), half.scores()), "rounding changes something");
    for (int label = 0; label < half.scores().length; label++) {
      assertEquals(single.scores()[label], half.scores()[label], 0.02, "label " + label);
    }
  }

  @Test
  void aWeightBeyondHalfPrecisionIsRefusedOrKeptWhole() throws IOException {
    TestDevice.withHalfPrecisionOrSkip();
    DamagedToken.write(directory, 3, 70_000f);
    AdeptException error = assertThrows(AdeptException.class, () -> run(WeightPrecision.F16));
    assertTrue(error.getMessage().contains("embed_tokens"), error.getMessage());
    assertTrue(error.getMessage().contains("spark.adept.gpu.precision"), error.getMessage());
    Run single = run(WeightPrecision.F32);
    Run kept = run(WeightPrecision.AUTO);
    assertArrayEquals(single.scores(), kept.scores());
    assertEquals(single.reserved(), kept.reserved());
  }

  @Test
  void withoutHalvesAutoKeepsSinglePrecisionAndF16IsRefused() throws IOException {
    boolean without = TestDevice.orSkip().missingHalfPrecision().isPresent();
    Assumptions.assumeTrue(without, "skipped: the device has half precision");
    AdeptException error = assertThrows(AdeptException.class, () -> run(WeightPrecision.F16));
    assertTrue(error.getMessage().contains("spark.adept.gpu.precision is f16"), error.getMessage());
    assertTrue(error.getMessage().contains("set it to auto or f32"), error.getMessage());
    assertArrayEquals(run(WeightPrecision.F32).scores(), run(WeightPrecision.AUTO).scores());
  }
}
