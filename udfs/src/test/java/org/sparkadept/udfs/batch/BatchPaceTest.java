package org.sparkadept.udfs.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BatchPaceTest {
  @Test
  void growsToTheBoundWhileBatchesAreQuick() {
    BatchPace pace = new BatchPace(1000);

    assertEquals(256, pace.rows());
    pace.took(TimeUnit.MILLISECONDS.toNanos(10));
    assertEquals(512, pace.rows());
    pace.took(TimeUnit.MILLISECONDS.toNanos(10));
    assertEquals(1000, pace.rows());
  }

  @Test
  void shrinksToSingleRowsWhereTheModelIsSlow() {
    BatchPace pace = new BatchPace(4);

    for (int i = 0; i < 5; i++) {
      pace.took(TimeUnit.MINUTES.toNanos(1));
    }

    assertEquals(1, pace.rows());
  }
}
