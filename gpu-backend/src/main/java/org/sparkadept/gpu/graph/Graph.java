package org.sparkadept.gpu.graph;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.Projections;
import org.sparkadept.gpu.kernel.Receipts;
import org.sparkadept.gpu.kernel.TokenLists;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Tasks that are launched together. Built once for all batches: sizes go up in {@link Call}'s int
 * buffer, and before each launch every task's grid is set to what the batch needs.
 */
abstract class Graph {
  /** Name of the graph that puts the shared arrays on the device. */
  static final String HOLD = "hold";

  private static final int ITEMS = 64;

  private interface Grid {
    void fit(int rows, int tokens);
  }

  final String name;
  final SharedArrays arrays;
  final CallBuffer call = new CallBuffer();
  final KernelContext context = new KernelContext();
  final TaskGraph tasks;
  private final GridScheduler scheduler;
  private final List<Grid> grids = new ArrayList<>();

  /** {@code [1]}: the number of the last launch that came to its end; null without a receipt. */
  private IntArray receipt;

  Graph(String name, SharedArrays arrays, GridScheduler scheduler) {
    this.name = name;
    this.arrays = arrays;
    this.scheduler = scheduler;
    tasks =
        new TaskGraph(name)
            .consumeFromDevice(HOLD, arrays.all().toArray())
            // Named among what goes up, TornadoVM frees the context's buffer in the end.
            .transferToDevice(DataTransferMode.FIRST_EXECUTION, context)
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, call.array());
  }

  /** The task that packs the tokens; the first of most graphs. */
  final void addList() {
    WorkerGrid grid = grid("list");
    grids.add((rows, count) -> grid.setGlobalWork(roundUp(rows, ITEMS), 1, 1));
    tasks.task(
        "list",
        TokenLists::packTokens,
        context,
        call.array(),
        arrays.leftAfter,
        arrays.tokens,
        arrays.positions);
  }

  /** The grid of a task with {@code each} work items for each packed token. */
  final void items(String task, int each) {
    WorkerGrid grid = grid(task);
    grids.add((rows, count) -> grid.setGlobalWork(roundUp((long) count * each, ITEMS), 1, 1));
  }

  /** The grid of a task with {@code each} groups of 64 for each packed token. */
  final void groups(String task, int each) {
    WorkerGrid grid = grid(task);
    grids.add((rows, count) -> grid.setGlobalWork((long) count * each * ITEMS, 1, 1));
  }

  /** The grid of a projection; its outputs may differ from launch to launch. */
  final void tiles(String task, int section, TileGrid tiles) {
    scheduler.addWorkerGrid(name + "." + task, tiles.grid());
    grids.add((rows, count) -> tiles.fit(count, call.get(section, Projections.OUT)));
  }

  /** The last task of a graph whose results come down. */
  final void addReceipt() {
    receipt = new IntArray(1);
    grid("receipt");
    tasks
        .task("receipt", Receipts::signReceipt, context, call.array(), receipt)
        .transferToHost(DataTransferMode.UNDER_DEMAND, receipt);
  }

  /**
   * Makes sure that the device came to the end of the last launch.
   *
   * @throws IllegalStateException if it did not
   */
  final void requireReceipt(TornadoExecutionResult result) {
    result.transferToHost(receipt);
    if (receipt.get(0) != call.ticket()) {
      throw new IllegalStateException(
          "it did not come to the end of its work; what its driver says is on the standard output of"
              + " this JVM");
    }
  }

  private WorkerGrid grid(String task) {
    WorkerGrid grid = new WorkerGrid1D(ITEMS);
    grid.setLocalWork(ITEMS, 1, 1);
    scheduler.addWorkerGrid(name + "." + task, grid);
    return grid;
  }

  /** Sets every task's grid. */
  final void fit(int rows, int tokens) {
    grids.forEach(grid -> grid.fit(rows, tokens));
  }

  private static long roundUp(long count, int to) {
    return (count + to - 1) / to * to;
  }
}
