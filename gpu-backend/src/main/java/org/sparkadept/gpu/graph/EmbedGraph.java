package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.Rows;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Token ids to hidden states. */
final class EmbedGraph extends Graph {
  private static final int EMBED = Call.section(0);

  /** {@code [packed]}: token ids. */
  final IntArray ids;

  EmbedGraph(ModelConfig config, SharedArrays arrays, Sizes sizes, GridScheduler scheduler) {
    super("embed", arrays, scheduler);
    ids = new IntArray(sizes.launchTokens());
    call.set(EMBED, Rows.WIDTH, config.width());
    call.set(EMBED, Rows.LEARNED_POSITIONS, config.learnedPositions() ? 1 : 0);
    tasks.transferToDevice(DataTransferMode.EVERY_EXECUTION, ids);
    addList();
    if (arrays.weights.embedding instanceof HalfFloatArray halves) {
      tasks.task(
          "embed",
          Rows::embedTokensByHalves,
          context,
          call.array(),
          EMBED,
          arrays.tokens,
          arrays.positions,
          ids,
          halves,
          arrays.weights.positions,
          arrays.hidden,
          arrays.leftAfter);
    } else {
      tasks.task(
          "embed",
          Rows::embedTokens,
          context,
          call.array(),
          EMBED,
          arrays.tokens,
          arrays.positions,
          ids,
          (FloatArray) arrays.weights.embedding,
          arrays.weights.positions,
          arrays.hidden,
          arrays.leftAfter);
    }
    items("embed", config.width());
  }
}
