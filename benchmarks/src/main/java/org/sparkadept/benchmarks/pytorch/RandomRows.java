package org.sparkadept.benchmarks.pytorch;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Texts for a {@link RandomModel}: random numbers of random tokens. */
final class RandomRows {
  static final int LONGEST = 256;

  private static final int SHORTEST = 4;
  private static final double SPREAD = 0.6;

  private RandomRows() {}

  /**
   * Draws texts whose lengths are log-normal (the logarithm's deviation is {@value #SPREAD}), cut
   * to {@value #SHORTEST} to {@value #LONGEST} tokens.
   *
   * @param count how many
   * @param median the middle length, in tokens
   * @param seed the same seed gives the same texts
   */
  static byte[][] draw(int count, int median, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[][] texts = new byte[count][];
    for (int row = 0; row < count; row++) {
      double length = median * Math.exp(SPREAD * random.nextGaussian());
      int tokens = (int) Math.max(SHORTEST, Math.min(LONGEST, Math.round(length)));
      StringBuilder text = new StringBuilder();
      for (int token = 0; token < tokens; token++) {
        text.append(token == 0 ? "" : " ").append(random.nextInt(ModelSize.VOCABULARY));
      }
      texts[row] = text.toString().getBytes(StandardCharsets.UTF_8);
    }
    return texts;
  }
}
