package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.Rows;
import uk.ac.manchester.tornado.api.GridScheduler;

/** Keeps hidden states as they are before a layer with a token policy. */
final class KeepGraph extends Graph {
  private static final int GATHER = Call.section(0);

  KeepGraph(ModelConfig config, SharedArrays arrays, GridScheduler scheduler) {
    super("keep", arrays, scheduler);
    call.set(GATHER, Rows.WIDTH, config.width());
    addList();
    tasks.task(
        "gather",
        Rows::gatherTokens,
        context,
        call.array(),
        GATHER,
        arrays.tokens,
        arrays.hidden,
        arrays.before);
    items("gather", config.width());
  }
}
