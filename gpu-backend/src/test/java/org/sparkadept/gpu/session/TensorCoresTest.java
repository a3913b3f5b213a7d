package org.sparkadept.gpu.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.BackendModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.compute.ComputeOptions.TensorCores;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.DamagedToken;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.gpu.TestDevice;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.graph.TensorCoreCheck;

/** The use of tensor cores, on devices with and without. */
class TensorCoresTest {
  private static final int LAYERS = 2;
  private static final int TOKENS = 40;

  @TempDir Path directory;

  @BeforeEach
  void writeModel() throws IOException {
    TestDevice.orSkip();
    TinyCheckpoint.llama().layers(LAYERS).positions(TOKENS).write(directory);
  }

  private float[] run(Precision precision, TensorCores tensorCores) throws IOException {
    ComputeOptions options =
        ComputeOptions.defaults()
            .withBackend("tornadovm")
            .withPrecision(precision)
            .withTensorCores(tensorCores);
    try (BackendModel loaded = BackendModel.open(directory, options)) {
      loaded.begin(loaded.randomRows(new Random(1), TOKENS));
      return loaded.advance(0, LAYERS, 0)[0];
    }
  }

  private String refused(Precision precision) {
    return assertThrows(AdeptException.class, () -> run(precision, TensorCores.TRUE)).getMessage();
  }

  @Test
  void autoTakesThemWhereTheDeviceHasSome() throws IOException {
    TestDevice.withTensorCoresOrSkip();
    float[] with = run(Precision.F16, TensorCores.TRUE);
    assertArrayEquals(with, run(Precision.AUTO, TensorCores.AUTO));
    float[] without = run(Precision.F16, TensorCores.FALSE);
    assertFalse(Arrays.equals(with, without), "rounding changes something");
  }

  @Test
  void autoDoesWithoutThemWhereTheDeviceHasNone() throws IOException {
    Device device = TestDevice.orSkip();
    String none = TensorCoreCheck.problem(device).orElse("");
    Assumptions.assumeFalse(none.isEmpty(), "skipped: the device has tensor cores");
    assertArrayEquals(
        run(Precision.AUTO, TensorCores.FALSE), run(Precision.AUTO, TensorCores.AUTO));
    String reason = device.missingHalfPrecision().orElse(none);
    assertEquals(
        "spark.adept.gpu.tensorCores is true, but " + reason + "; set it to auto or false.",
        refused(Precision.AUTO));
  }

  @Test
  void weightsBeyondHalfPrecisionDoWithoutThem() throws IOException {
    TestDevice.withTensorCoresOrSkip();
    DamagedToken.write(directory, 3, 70_000f);
    assertArrayEquals(run(Precision.F32, TensorCores.FALSE), run(Precision.AUTO, TensorCores.AUTO));
    String message = refused(Precision.AUTO);
    assertTrue(message.startsWith("spark.adept.gpu.tensorCores is true, but "), message);
    assertTrue(message.contains("embed_tokens"), message);
  }

  @Test
  void theyAreRefusedToWeightsInSinglePrecision() {
    assertEquals(
        "spark.adept.gpu.tensorCores is true, but spark.adept.gpu.precision is f32, and they take"
            + " weights in half precision; set it to auto or false.",
        refused(Precision.F32));
  }
}
