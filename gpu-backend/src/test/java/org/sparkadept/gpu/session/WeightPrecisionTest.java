package org.sparkadept.gpu.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.BackendModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.compute.ComputeOptions.TensorCores;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.fixture.DamagedToken;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.gpu.TestDevice;
import org.sparkadept.gpu.device.DeviceThread;
import org.sparkadept.gpu.weights.WeightSizes;
import org.sparkadept.gpu.weights.WeightSizes.ArraySize;

/** The precision of weights, on devices with half precision and without. */
class WeightPrecisionTest {
  private static final int LAYERS = 2;
  private static final int TOKENS = 40;
  private static final Set<String> SINGLE = Set.of("positions", "vectors");

  @TempDir Path directory;

  /** Scores of a row, and the memory that the model reserved. */
  private record Run(float[] scores, long reserved, long matrixElements) {}

  @BeforeEach
  void writeModel() throws IOException {
    TestDevice.orSkip();
    TinyCheckpoint.llama().layers(LAYERS).positions(TOKENS).write(directory);
  }

  private static ComputeOptions plain(Precision precision) {
    return ComputeOptions.defaults()
        .withBackend("tornadovm")
        .withPrecision(precision)
        .withTensorCores(TensorCores.FALSE);
  }

  private Run run(Precision precision) throws IOException {
    DeviceThread thread = DeviceThread.acquire(TestDevice.orSkip());
    try (BackendModel loaded = BackendModel.open(directory, plain(precision))) {
      loaded.begin(loaded.randomRows(new Random(1), TOKENS));
      List<LinearTensors> heads = loaded.heads().values().stream().map(ExitHead::weights).toList();
      Map<String, ArraySize> sizes = WeightSizes.layers(loaded.config(), LAYERS, false);
      sizes.putAll(WeightSizes.embeddings(loaded.config(), false));
      sizes.putAll(WeightSizes.linears("heads", heads, 0, false));
      SINGLE.forEach(sizes::remove);
      long elements = sizes.values().stream().mapToLong(ArraySize::elements).sum();
      return new Run(loaded.advance(0, LAYERS, 0)[0], thread.reservedMemory(), elements);
    } finally {
      thread.release();
    }
  }

  @Test
  void autoTakesHalvesWhereTheDeviceCanAndTheyTakeHalfTheMemory() throws IOException {
    TestDevice.withHalfPrecisionOrSkip();
    Run single = run(Precision.F32);
    Run half = run(Precision.F16);
    assertArrayEquals(half.scores(), run(Precision.AUTO).scores());
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
    AdeptException error = assertThrows(AdeptException.class, () -> run(Precision.F16));
    assertTrue(error.getMessage().contains("embed_tokens"), error.getMessage());
    assertTrue(error.getMessage().contains("spark.adept.gpu.precision"), error.getMessage());
    Run single = run(Precision.F32);
    Run kept = run(Precision.AUTO);
    assertArrayEquals(single.scores(), kept.scores());
    assertEquals(single.reserved(), kept.reserved());
  }

  @Test
  void withoutHalvesAutoKeepsSinglePrecisionAndF16IsRefused() throws IOException {
    boolean without = TestDevice.orSkip().missingHalfPrecision().isPresent();
    Assumptions.assumeTrue(without, "skipped: the device has half precision");
    AdeptException error = assertThrows(AdeptException.class, () -> run(Precision.F16));
    assertTrue(error.getMessage().contains("spark.adept.gpu.precision is f16"), error.getMessage());
    assertTrue(error.getMessage().contains("set it to auto or f32"), error.getMessage());
    assertArrayEquals(run(Precision.F32).scores(), run(Precision.AUTO).scores());
  }
}
