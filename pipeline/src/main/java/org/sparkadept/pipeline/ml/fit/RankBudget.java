package org.sparkadept.pipeline.ml.fit;

import java.util.Arrays;
import java.util.List;

/**
 * Keeps the mappers of all pairs of layers within a number of bytes: as long as they take more, the
 * pair whose next smaller rank adds the least error for each byte that it frees takes that one.
 */
final class RankBudget {
  private RankBudget() {}

  /**
   * @param pairs what each pair may use
   * @param bytes that all of them may take together
   * @return the index of each pair's rank
   */
  static int[] choose(List<MapperCandidates> pairs, long bytes) {
    int[] chosen = new int[pairs.size()];
    Arrays.setAll(chosen, i -> pairs.get(i).ranks().length - 1);
    long taken = 0;
    for (int i = 0; i < chosen.length; i++) {
      taken += pairs.get(i).bytes(chosen[i]);
    }
    while (taken > bytes) {
      int cheapest = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int i = 0; i < chosen.length; i++) {
        double price = chosen[i] == 0 ? Double.NaN : price(pairs.get(i), chosen[i]);
        if (price < least) {
          cheapest = i;
          least = price;
        }
      }
      taken -= freed(pairs.get(cheapest), chosen[cheapest]);
      chosen[cheapest]--;
    }
    return chosen;
  }

  private static double price(MapperCandidates pair, int chosen) {
    return (pair.errors()[chosen - 1] - pair.errors()[chosen]) / freed(pair, chosen);
  }

  private static long freed(MapperCandidates pair, int chosen) {
    return pair.bytes(chosen) - pair.bytes(chosen - 1);
  }
}
