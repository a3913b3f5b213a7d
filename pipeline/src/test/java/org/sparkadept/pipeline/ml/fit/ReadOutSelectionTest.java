package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.exit.ExitHead.Input;

class ReadOutSelectionTest {
  private static List<ReadOutSelection.ReadOut> readOuts(double at4, double at8, double at12) {
    return List.of(
        new ReadOutSelection.ReadOut(4, Input.CLASS_TOKEN, at4),
        new ReadOutSelection.ReadOut(8, Input.CLASS_TOKEN, at8),
        new ReadOutSelection.ReadOut(12, Input.CLASS_TOKEN, at12));
  }

  @Test
  void theShallowestWithinOneStandardErrorOfTheBestIsTaken() {
    List<ReadOutSelection.ReadOut> readOuts = readOuts(0.9, 0.945, 0.95);
    assertEquals(8, ReadOutSelection.shallowestOfTheBest(readOuts, 600));
    assertEquals(12, ReadOutSelection.shallowestOfTheBest(readOuts, 10_000));
  }

  /** One wrong answer of two hundred is no evidence, though the best has none. */
  @Test
  void aPerfectReadOutHasAnErrorToo() {
    List<ReadOutSelection.ReadOut> readOuts = readOuts(0.9, 0.995, 1);
    assertEquals(8, ReadOutSelection.shallowestOfTheBest(readOuts, 200));
  }
}
