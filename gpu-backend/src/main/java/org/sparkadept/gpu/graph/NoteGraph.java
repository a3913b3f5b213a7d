package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.kernel.Attention;
import org.sparkadept.gpu.kernel.Call;
import uk.ac.manchester.tornado.api.GridScheduler;

/**
 * What class tokens pay to the tokens of their rows: for the class tokens that {@link BlockGraph}
 * has just run, whose list and queries are there.
 */
final class NoteGraph extends Graph {
  private static final int NOTE = Call.section(0);

  private final ModelConfig config;

  NoteGraph(ModelConfig config, SharedArrays arrays, GridScheduler scheduler) {
    super("note", arrays, scheduler);
    this.config = config;
    call.set(NOTE, Attention.HEADS, config.heads());
    call.set(NOTE, Attention.SHARING, config.heads() / config.kvHeads());
    call.set(NOTE, Attention.HEAD_DIM, config.headDim());
    call.set(NOTE, Attention.KEY_WIDTH, config.keyWidth());
    tasks.task(
        "note",
        Attention::noteAttention,
        context,
        call.array(),
        NOTE,
        arrays.tokens,
        arrays.positions,
        arrays.queries,
        arrays.keyValues,
        arrays.paid);
    groups("note", 1);
  }

  void use(int layer) {
    call.set(NOTE, Attention.WINDOW, config.slidingWindow()[layer]);
  }
}
