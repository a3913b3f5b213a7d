package org.sparkadept.training.optimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.TrainingRow;

class BatchPlanTest {
  private static final int LONGEST = 70;

  private final Random random = TestSeed.random();

  @Test
  void everyEpochSeesEveryRowOnceInBatchesOfABoundedSize() {
    List<TrainingRow> rows = rows(500);
    BatchPlan plan = new BatchPlan(rows, settings(0));
    Map<Integer, Map<TrainingRow, Integer>> seen = new HashMap<>();
    for (long step = 0; step < plan.steps(); step++) {
      Batch batch = plan.batch(step);
      assertTrue(batch.size() <= 8);
      assertTrue(batch.size() == 1 || batch.size() * batch.time() <= 64, batch.time() + " tokens");
      for (TrainingRow row : batch.rows()) {
        seen.computeIfAbsent(plan.epoch(step), key -> new HashMap<>()).merge(row, 1, Integer::sum);
      }
    }
    assertEquals(2, seen.size());
    for (Map<TrainingRow, Integer> epoch : seen.values()) {
      assertEquals(500, epoch.size());
      assertTrue(epoch.values().stream().allMatch(times -> times == 1));
    }
    assertTrue(plan.endsEpoch(plan.steps()));
    assertFalse(plan.endsEpoch(0));
    assertEquals(2, plan.epochsAt(plan.steps()), 1e-12);
  }

  @Test
  void aStepSeesTheSameRowsWhereverARunBegins() {
    List<TrainingRow> rows = rows(200);
    BatchPlan whole = new BatchPlan(rows, settings(0.3));
    List<Batch> batches = new ArrayList<>();
    for (long step = 0; step < whole.steps(); step++) {
      batches.add(whole.batch(step));
    }
    BatchPlan continued = new BatchPlan(rows, settings(0.3));
    for (long step = whole.steps() - 1; step >= 0; step--) {
      Batch again = continued.batch(step);
      List<TrainingRow> expected = batches.get((int) step).rows();
      for (int i = 0; i < again.size(); i++) {
        assertArrayEquals(expected.get(i).tokens(), again.rows().get(i).tokens());
      }
    }
  }

  @Test
  void droppedTokensLeaveTheClassToken() {
    List<TrainingRow> rows = rows(200);
    BatchPlan plan = new BatchPlan(rows, settings(0.5));
    long kept = 0;
    for (long step = 0; plan.epoch(step) == 0; step++) {
      for (TrainingRow row : plan.batch(step).rows()) {
        assertEquals(1, row.tokens()[row.tokens().length - 1]);
        kept += row.tokens().length;
      }
    }
    long all = rows.stream().mapToLong(row -> row.tokens().length).sum();
    assertTrue(kept > 0.4 * all && kept < 0.65 * all, kept + " of " + all);
  }

  @Test
  void ratesRiseThenFall() {
    Optimization settings = Optimization.defaults();
    assertEquals(0.5, settings.rateAt(0.05), 1e-9);
    assertEquals(1, settings.rateAt(0.1), 1e-9);
    assertEquals(0.01, settings.rateAt(1), 1e-9);
  }

  private List<TrainingRow> rows(int count) {
    List<TrainingRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] tokens = random.ints(1 + random.nextInt(LONGEST), 2, 200).toArray();
      tokens[tokens.length - 1] = 1;
      rows.add(new TrainingRow(tokens, i));
    }
    return rows;
  }

  private static Optimization settings(double tokenDrop) {
    return new Optimization(3, 2, 8, 64, 1e-3, 1e-3, 0.1, 0, 1, 0, tokenDrop);
  }
}
