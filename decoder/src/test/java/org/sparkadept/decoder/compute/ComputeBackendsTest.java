package org.sparkadept.decoder.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;

class ComputeBackendsTest {
  private static ComputeBackend choose(String name) {
    return ComputeBackends.choose(ComputeOptions.defaults().withBackend(name));
  }

  @Test
  void autoTakesTheFastestThatRunsHere() {
    assertEquals("cpu", choose("auto").name());
  }

  @Test
  void aNameIsObeyed() {
    assertEquals("reference", choose("reference").name());
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    AdeptException error = assertThrows(AdeptException.class, () -> choose("quantum"));
    assertTrue(error.getMessage().contains("'quantum'"), error.getMessage());
    assertTrue(error.getMessage().endsWith("[cpu, reference]."), error.getMessage());
  }

  @Test
  void aBackendWhoseArchiveIsAbsentIsAnsweredWithWhereItIs() {
    AdeptException error = assertThrows(AdeptException.class, () -> choose("tornadovm"));
    assertTrue(error.getMessage().contains("adept-gpu-backend-VERSION.jar"), error.getMessage());
  }

  @Test
  void aPrecisionThatTheNamedBackendDoesNotHaveIsRefused() {
    ComputeOptions half = ComputeOptions.defaults().withPrecision(ComputeOptions.Precision.F16);
    for (String name : List.of("cpu", "reference")) {
      AdeptException error =
          assertThrows(AdeptException.class, () -> ComputeBackends.choose(half.withBackend(name)));
      assertTrue(error.getMessage().contains("'" + name + "'"), error.getMessage());
      assertTrue(error.getMessage().contains("F16"), error.getMessage());
    }
    assertEquals("cpu", ComputeBackends.choose(half).name());
  }
}
