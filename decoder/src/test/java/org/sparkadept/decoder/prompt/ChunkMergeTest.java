package org.sparkadept.decoder.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChunkMergeTest {
  private static ChunkMerge merged(LongRows.Merge kind, float[]... chunks) {
    ChunkMerge merge = new ChunkMerge(kind);
    for (float[] chunk : chunks) {
      merge.add(chunk);
    }
    assertEquals(chunks.length, merge.chunks());
    return merge;
  }

  @ParameterizedTest
  @EnumSource(LongRows.Merge.class)
  void oneChunkIsItsOwnAnswer(LongRows.Merge kind) {
    float[] only = {0.3f, 0.6999f, 1e-4f};
    assertSame(only, merged(kind, only).probabilities());
  }

  @Test
  void theMeanIsThatOfLogarithms() {
    float[] mean =
        merged(LongRows.Merge.MEAN, new float[] {0.9f, 0.1f}, new float[] {0.2f, 0.8f})
            .probabilities();
    double first = Math.sqrt(0.9 * 0.2);
    double second = Math.sqrt(0.1 * 0.8);
    assertEquals(first / (first + second), mean[0], 1e-6);
    assertEquals(1, mean[0] + mean[1], 1e-6);
  }

  @Test
  void theMaximumIsTheSurestChunksAnswer() {
    float[] surest = {0.05f, 0.95f};
    assertArrayEquals(
        surest,
        merged(LongRows.Merge.MAX, new float[] {0.9f, 0.1f}, surest, new float[] {0.95f, 0.05f})
            .probabilities());
  }

  @Test
  void probabilitiesOfZeroDoNotSpoilTheMean() {
    float[] mean =
        merged(LongRows.Merge.MEAN, new float[] {1, 0, 0}, new float[] {0, 1, 0}).probabilities();
    assertEquals(0.5, mean[0], 1e-6);
    assertEquals(0.5, mean[1], 1e-6);
    assertTrue(mean[2] >= 0 && mean[2] < 1e-6);
  }
}
