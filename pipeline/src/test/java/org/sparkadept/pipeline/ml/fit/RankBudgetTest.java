package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.adept.MapperCorrection;
import org.sparkadept.decoder.fixture.TestSeed;

class RankBudgetTest {
  private static final int OUTPUTS = 48;
  private static final int WIDTH = 60;

  /** Candidates with these errors: the copy, rank 16 and, with a third error, the full rank. */
  private static MapperCandidates pair(int layer, double... errors) {
    boolean whole = errors.length == 3;
    int[] ranks = whole ? new int[] {0, 16, OUTPUTS} : new int[] {0, 16};
    return new MapperCandidates(
        1,
        layer,
        ranks,
        errors,
        new float[OUTPUTS * 16],
        new float[16 * WIDTH],
        whole ? new float[OUTPUTS * WIDTH] : null,
        new float[ranks.length][OUTPUTS]);
  }

  private static long taken(List<MapperCandidates> pairs, int[] chosen) {
    long bytes = 0;
    for (int i = 0; i < chosen.length; i++) {
      MapperCorrection correction = pairs.get(i).correction(chosen[i]);
      if (correction != null) {
        int up = correction.up() == null ? 0 : correction.up().length;
        bytes += 2L * (up + correction.down().length) + 4L * correction.bias().length;
      }
    }
    return bytes;
  }

  @Test
  void nothingIsLoweredWhereAllFit() {
    List<MapperCandidates> pairs = List.of(pair(2, 0.5, 0.4, 0.3), pair(3, 0.6, 0.2));
    long all = taken(pairs, new int[] {2, 1});
    assertArrayEquals(new int[] {2, 1}, RankBudget.choose(pairs, all));
  }

  @Test
  void theRankThatIsMissedLeastForItsBytesIsLoweredFirst() {
    List<MapperCandidates> pairs =
        List.of(pair(2, 0.5, 0.2), pair(3, 0.5, 0.45), pair(4, 0.5, 0.3));
    long all = taken(pairs, new int[] {1, 1, 1});
    assertArrayEquals(new int[] {1, 0, 1}, RankBudget.choose(pairs, all - 1));
    assertArrayEquals(new int[] {1, 0, 0}, RankBudget.choose(pairs, all / 2));
    assertArrayEquals(new int[] {0, 0, 0}, RankBudget.choose(pairs, 0));
  }

  @Test
  void whateverTheErrorsTheBytesAreKept() {
    Random random = TestSeed.random();
    List<MapperCandidates> pairs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      double copied = random.nextDouble();
      double low = copied * random.nextDouble();
      pairs.add(
          random.nextBoolean()
              ? pair(i, copied, low)
              : pair(i, copied, low, low * random.nextDouble()));
    }
    long budget = random.nextInt(100_000);
    assertTrue(taken(pairs, RankBudget.choose(pairs, budget)) <= budget);
  }
}
