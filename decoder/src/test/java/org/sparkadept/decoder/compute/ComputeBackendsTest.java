package org.sparkadept.decoder.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.AdeptException;

class ComputeBackendsTest {
  @Test
  void autoTakesTheFastestThatRunsHere() {
    assertEquals("cpu", ComputeBackends.choose("auto").name());
  }

  @Test
  void aNameIsObeyed() {
    assertEquals("reference", ComputeBackends.choose("reference").name());
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    AdeptException error =
        assertThrows(AdeptException.class, () -> ComputeBackends.choose("quantum"));
    assertTrue(error.getMessage().contains("'quantum'"), error.getMessage());
    assertTrue(error.getMessage().contains("[cpu, reference]"), error.getMessage());
  }
}
