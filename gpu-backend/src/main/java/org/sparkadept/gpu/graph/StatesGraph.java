package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.Rows;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Hidden states, down to the host. */
final class StatesGraph extends Graph {
  private static final int GATHER = Call.section(0);

  /** {@code [packed, width]}. */
  final FloatArray states;

  StatesGraph(ModelConfig config, SharedArrays arrays, Sizes sizes, GridScheduler scheduler) {
    super("states", arrays, scheduler);
    states = new FloatArray(Math.multiplyExact(sizes.stateTokens(), config.width()));
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
        states);
    items("gather", config.width());
    addReceipt();
    tasks.transferToHost(DataTransferMode.UNDER_DEMAND, states);
  }
}
