package org.sparkadept.decoder.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;

class ComputeBackendsTest {
  private static final DeviceOptions DEVICE = DeviceOptions.defaults();

  @Test
  void autoTakesTheFastestThatRunsHere() {
    assertEquals("cpu", ComputeBackends.choose("auto", DEVICE).name());
  }

  @Test
  void aNameIsObeyed() {
    assertEquals("reference", ComputeBackends.choose("reference", DEVICE).name());
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    AdeptException error =
        assertThrows(AdeptException.class, () -> ComputeBackends.choose("quantum", DEVICE));
    assertTrue(error.getMessage().contains("'quantum'"), error.getMessage());
    assertTrue(error.getMessage().endsWith("[cpu, reference]."), error.getMessage());
  }

  @Test
  void aBackendWhoseArchiveIsAbsentIsAnsweredWithWhereItIs() {
    AdeptException error =
        assertThrows(AdeptException.class, () -> ComputeBackends.choose("tornadovm", DEVICE));
    assertTrue(error.getMessage().contains("adept-gpu-backend-VERSION.jar"), error.getMessage());
  }
}
