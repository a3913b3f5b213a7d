package org.sparkadept.gpu.graph;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.gpu.kernel.Attention;
import org.sparkadept.gpu.kernel.Compaction;
import org.sparkadept.gpu.kernel.ControlKernels;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.kernel.Projections;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Tasks that are launched together. A graph is built once for all batches: sizes are passed as
 * {@link LaunchParameters}, and each launch sets the grids of the tasks to the batch.
 */
abstract class Graph {
  private static final int ITEMS = 64;

  private interface Grid {
    void fit(int rows, int tokens);
  }

  final String name;
  final ResidentArrays arrays;
  final ModelConfig config;
  final ParameterBuffer parameters = new ParameterBuffer();
  final KernelContext context = new KernelContext();
  final TaskGraph tasks;
  private final GridScheduler scheduler;
  private final List<Grid> grids = new ArrayList<>();

  /** {@code [1]}: the number of the last launch that completed; null without outputs. */
  private IntArray completionMarker;

  /**
   * Begins a graph.
   *
   * @param weights arrays that this graph alone uses; they are copied to the device with its first
   *     launch
   */
  Graph(
      String name, ResidentArrays arrays, GridScheduler scheduler, TornadoNativeArray... weights) {
    this.name = name;
    this.arrays = arrays;
    this.config = arrays.config;
    this.scheduler = scheduler;
    tasks =
        new TaskGraph(name)
            .consumeFromDevice(ResidentArrays.GRAPH, arrays.all().toArray())
            // TornadoVM frees the context's buffer only if the context is among the inputs.
            .transferToDevice(DataTransferMode.FIRST_EXECUTION, context)
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, parameters.array());
    if (weights.length > 0) {
      tasks.transferToDevice(DataTransferMode.FIRST_EXECUTION, (Object[]) weights);
    }
  }

  /** 1 if the model has layer norms, 0 if it has RMS norms. */
  final int layerNorm() {
    return config.norms().kind() == NormKind.LAYER ? 1 : 0;
  }

  /** Sets the sizes of attention. */
  final void setAttention(int section) {
    parameters.set(section, Attention.HEADS, config.heads());
    parameters.set(section, Attention.QUERIES_PER_KEY, config.heads() / config.kvHeads());
    parameters.set(section, Attention.HEAD_DIM, config.headDim());
    parameters.set(section, Attention.KEY_WIDTH, config.keyWidth());
  }

  /** Adds the task that packs the selected tokens; the first of most graphs. */
  final void addCompaction() {
    WorkerGrid grid = grid("compact");
    grids.add((rows, count) -> grid.setGlobalWork(roundUp(rows, ITEMS), 1, 1));
    tasks.task(
        "compact",
        Compaction::packTokens,
        context,
        parameters.array(),
        arrays.exitLayers,
        arrays.slots,
        arrays.positions);
  }

  /** Sets the grid of a task to {@code each} work items for each packed token. */
  final void items(String task, int each) {
    WorkerGrid grid = grid(task);
    grids.add((rows, count) -> grid.setGlobalWork(roundUp((long) count * each, ITEMS), 1, 1));
  }

  /** Sets the grid of a task to {@code each} groups of 64 for each packed token. */
  final void groups(String task, int each) {
    WorkerGrid grid = grid(task);
    grids.add((rows, count) -> grid.setGlobalWork((long) count * each * ITEMS, 1, 1));
  }

  /** Sets the grid of a projection, whose number of outputs may differ from launch to launch. */
  final void tiles(String task, int section, TileGrid tiles) {
    scheduler.addWorkerGrid(name + "." + task, tiles.grid());
    grids.add((rows, count) -> tiles.fit(count, parameters.get(section, Projections.OUT)));
  }

  /** Ends the graph: adds the completion marker, and an array that the host reads. */
  final void addOutput(TornadoNativeArray output) {
    completionMarker = new IntArray(1);
    grid("complete");
    tasks
        .task(
            "complete", ControlKernels::markComplete, context, parameters.array(), completionMarker)
        .transferToHost(DataTransferMode.UNDER_DEMAND, completionMarker, output);
  }

  /**
   * Checks that the device completed the last launch.
   *
   * @throws IllegalStateException if it did not
   */
  final void requireCompletion(TornadoExecutionResult result) {
    result.transferToHost(completionMarker);
    if (completionMarker.get(0) != parameters.launchNumber()) {
      throw new IllegalStateException(
          "it did not come to the end of its work; see its driver's messages on the standard output"
              + " of this JVM");
    }
  }

  private WorkerGrid grid(String task) {
    WorkerGrid grid = oneGroup();
    scheduler.addWorkerGrid(name + "." + task, grid);
    return grid;
  }

  /** A grid of one group. */
  static WorkerGrid oneGroup() {
    WorkerGrid grid = new WorkerGrid1D(ITEMS);
    grid.setLocalWork(ITEMS, 1, 1);
    return grid;
  }

  /** Sets the grids of all tasks. */
  final void fit(int rows, int tokens) {
    grids.forEach(grid -> grid.fit(rows, tokens));
  }

  private static long roundUp(long count, int to) {
    return (count + to - 1) / to * to;
  }
}
