package org.sparkadept.decoder.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.BlockFeature;
import org.sparkadept.decoder.model.ModelTensors;

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
  void aBackendThatLacksWhatTheModelHasIsNotTaken() {
    ComputeBackend plain =
        new PlainBackend(EnumSet.of(BlockFeature.EMBEDDING_SCALE, BlockFeature.NORM_AFTER));
    Set<BlockFeature> gemma =
        EnumSet.of(
            BlockFeature.EMBEDDING_SCALE,
            BlockFeature.ATTENTION_SOFT_CAP,
            BlockFeature.NORM_AFTER,
            BlockFeature.ROTARY_BY_LAYER);
    String reason = ComputeBackends.lacking(plain, gemma).orElseThrow();
    assertEquals(
        "the model has capped attention scores, rotary positions that differ from layer to layer,"
            + " which it does not compute; use the backend cpu.",
        reason);
    assertEquals(Optional.empty(), ComputeBackends.lacking(plain, plain.features()));
    for (String name : List.of("cpu", "reference")) {
      ComputeOptions options = ComputeOptions.defaults().withBackend(name);
      Set<BlockFeature> all = EnumSet.allOf(BlockFeature.class);
      assertEquals(name, ComputeBackends.choose(options, all).name());
    }
  }

  private record PlainBackend(Set<BlockFeature> features) implements ComputeBackend {
    @Override
    public String name() {
      return "plain";
    }

    @Override
    public int preference() {
      return 1;
    }

    @Override
    public Optional<String> unavailable(ComputeOptions options) {
      return Optional.empty();
    }

    @Override
    public ComputeModel load(ModelTensors tensors, ComputeOptions options) {
      throw new UnsupportedOperationException();
    }
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
