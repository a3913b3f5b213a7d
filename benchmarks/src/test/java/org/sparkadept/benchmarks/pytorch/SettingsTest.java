package org.sparkadept.benchmarks.pytorch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.error.AdeptException;

class SettingsTest {
  private static final String KEY = "spark.adept.gpu.tensorCores";

  private static Settings settings(String backend, boolean gpu, Map<String, String> conf) {
    return new Settings(backend, conf, gpu, 1, 3, 0, 0, false, 500);
  }

  @Test
  void tensorCoresAreTakenInHalfPrecisionOnAGpu() {
    assertTrue(settings("tornadovm", true, Map.of()).tensorCores(Precision.F16));
    assertFalse(settings("tornadovm", true, Map.of(KEY, "false")).tensorCores(Precision.F16));
    assertTrue(settings("tornadovm", false, Map.of(KEY, "True")).tensorCores(Precision.F16));
    assertFalse(settings("tornadovm", false, Map.of()).tensorCores(Precision.F16));
    assertFalse(settings("tornadovm", true, Map.of(KEY, "true")).tensorCores(Precision.F32));
    assertFalse(settings("cpu", false, Map.of(KEY, "true")).tensorCores(Precision.F16));
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "perhaps"})
  void theyAreNeverLeftOpen(String wanted) {
    Settings settings = settings("tornadovm", true, Map.of(KEY, wanted));
    String message =
        assertThrows(AdeptException.class, () -> settings.tensorCores(Precision.F16)).getMessage();
    assertEquals(
        KEY + " must be true or false here, so that the roof is known, but is '" + wanted + "'.",
        message);
  }
}
