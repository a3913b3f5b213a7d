package org.sparkadept.gpu.graph;

import org.sparkadept.gpu.kernel.Compaction;
import org.sparkadept.gpu.kernel.LaunchParameters;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Copies hidden states of selected tokens. */
final class GatherGraph extends Graph {
  private static final int GATHER = LaunchParameters.section(0);

  /** {@code [packed, width]}. */
  final FloatArray states;

  private GatherGraph(
      String name, ResidentArrays arrays, FloatArray states, GridScheduler scheduler) {
    super(name, arrays, scheduler);
    this.states = states;
    addCompaction();
    parameters.set(GATHER, Compaction.WIDTH, config.width());
    tasks.task(
        "gather",
        Compaction::gatherTokens,
        context,
        parameters.array(),
        GATHER,
        arrays.slots,
        arrays.hidden,
        states);
    items("gather", config.width());
  }

  /** Saves them on the device, before a layer with a token policy. */
  static GatherGraph save(ResidentArrays arrays, GridScheduler scheduler) {
    return new GatherGraph("save", arrays, arrays.savedStates, scheduler);
  }

  /** Copies them to the host. */
  static GatherGraph read(ResidentArrays arrays, MemoryPlan plan, GridScheduler scheduler) {
    FloatArray states =
        new FloatArray(Math.multiplyExact(plan.stateTokens(), arrays.config.width()));
    GatherGraph graph = new GatherGraph("states", arrays, states, scheduler);
    graph.addOutput(states);
    return graph;
  }
}
