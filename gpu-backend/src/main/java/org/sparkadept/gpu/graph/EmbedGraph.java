package org.sparkadept.gpu.graph;

import org.sparkadept.gpu.kernel.Embeddings;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.weights.EmbeddingWeights;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Embeds tokens: hidden states from token ids. */
final class EmbedGraph extends Graph {
  private static final int EMBED = LaunchParameters.section(0);

  /** {@code [packed]}: token ids. */
  final IntArray ids;

  EmbedGraph(
      ResidentArrays arrays, EmbeddingWeights weights, MemoryPlan plan, GridScheduler scheduler) {
    super("embed", arrays, scheduler, weights.embedding(), weights.positions());
    ids = new IntArray(plan.launchTokens());
    parameters.set(EMBED, Embeddings.WIDTH, config.width());
    parameters.set(
        EMBED, Embeddings.LEARNED_POSITIONS, config.embedding().learnedPositions() ? 1 : 0);
    tasks.transferToDevice(DataTransferMode.EVERY_EXECUTION, ids);
    addCompaction();
    if (weights.embedding() instanceof HalfFloatArray halves) {
      tasks.task(
          "embed",
          Embeddings::embedTokensHalf,
          context,
          parameters.array(),
          EMBED,
          arrays.slots,
          arrays.positions,
          ids,
          halves,
          weights.positions(),
          arrays.hidden,
          arrays.exitLayers);
    } else {
      tasks.task(
          "embed",
          Embeddings::embedTokens,
          context,
          parameters.array(),
          EMBED,
          arrays.slots,
          arrays.positions,
          ids,
          (FloatArray) weights.embedding(),
          weights.positions(),
          arrays.hidden,
          arrays.exitLayers);
    }
    items("embed", config.width());
  }
}
