package org.sparkadept.pipeline.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.training.torch.Precision;
import org.sparkadept.training.tune.TuneSettings;

class TuneOptionsTest {
  @Test
  void aDeepBackboneIsCutInHalfWithDenseExitsBelow() {
    assertEquals(List.of(2, 3, 4, 6, 8, 11, 15), options(0, List.of(), 0).exits(30));
    assertEquals(List.of(2, 3, 4, 6, 8, 11, 14), options(0, List.of(), 0).exits(28));
    assertEquals(List.of(2, 3, 4, 6, 8, 12), options(12, List.of(), 0).exits(30));
  }

  @Test
  void aSmallBackboneIsKeptWhole() {
    assertEquals(List.of(2, 3, 4, 6, 8), options(0, List.of(), 0).exits(8));
    assertEquals(List.of(2, 3), options(0, List.of(), 0).exits(3));
    assertEquals(List.of(1), options(0, List.of(), 0).exits(1));
  }

  @Test
  void exitLayersThatAreGivenDecideTheDepthUnlessItIsGivenToo() {
    assertEquals(List.of(1, 5), options(0, List.of(1, 5), 0).exits(30));
    assertEquals(List.of(1, 5, 9), options(9, List.of(1, 5), 0).exits(30));
  }

  @Test
  void whatTheBackboneDoesNotHaveIsRefused() {
    AdeptException deep =
        assertThrows(AdeptException.class, () -> options(31, List.of(), 0).exits(30));
    assertTrue(deep.getMessage().contains("--depth"), deep.getMessage());
    AdeptException order =
        assertThrows(AdeptException.class, () -> options(9, List.of(5, 5), 0).exits(30));
    assertTrue(order.getMessage().contains("--exit-layers"), order.getMessage());
  }

  @Test
  void loraHasALearningRateOfItsOwn() {
    TuneSettings whole = options(0, List.of(), 0).settings(4, false);
    TuneSettings lora = options(0, List.of(), 8).settings(4, false);
    assertTrue(lora.optimization().learningRate() > whole.optimization().learningRate());
    assertEquals(8, lora.exits().loraRank());
    assertEquals(7, lora.optimization().epochs());
    assertTrue(lora.loss().balanced());
  }

  private static TuneOptions options(int depth, List<Integer> exitLayers, int lora) {
    return new TuneOptions(
        depth,
        exitLayers,
        ExitHead.Input.CLASS_TOKEN,
        7,
        Double.NaN,
        512,
        lora,
        true,
        null,
        Precision.F32);
  }
}
