package org.sparkadept.gpu.kernel;

import java.util.Random;
import java.util.function.BiConsumer;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Runs one kernel on the device of the tests. */
final class KernelRun {
  private static int runs;

  private KernelRun() {}

  /** A grid of so many groups of {@code size} items. */
  static WorkerGrid groups(int count, int size) {
    WorkerGrid grid = new WorkerGrid1D(count * size);
    grid.setLocalWork(size, 1, 1);
    return grid;
  }

  /** A grid of at least so many items. */
  static WorkerGrid items(int count) {
    return groups(Math.max(1, (count + 63) / 64), 64);
  }

  /** A grid of groups of {@code size} items in the first direction. */
  static WorkerGrid rows(int across, int down, int size) {
    WorkerGrid grid = new WorkerGrid2D(across * size, down);
    grid.setLocalWork(size, 1, 1);
    return grid;
  }

  /** A grid of groups of {@code side} by {@code side} items. */
  static WorkerGrid squares(int across, int down, int side) {
    WorkerGrid grid = new WorkerGrid2D(across * side, down * side);
    grid.setLocalWork(side, side, 1);
    return grid;
  }

  /**
   * Runs a kernel once.
   *
   * @param arrays what it takes; all go up before and come down after
   * @param task adds it to the graph, as the task {@code kernel}
   */
  static void run(WorkerGrid grid, BiConsumer<TaskGraph, KernelContext> task, Object... arrays) {
    String name = "run" + runs++;
    TaskGraph graph = new TaskGraph(name);
    graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, arrays);
    task.accept(graph, new KernelContext());
    graph.transferToHost(DataTransferMode.EVERY_EXECUTION, arrays);
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      plan.withDevice(TestDevice.orSkip().handle());
      plan.withGridScheduler(new GridScheduler(name + ".kernel", grid)).execute();
    } catch (TornadoExecutionPlanException e) {
      throw new AssertionError(e);
    }
  }

  /** Normally distributed numbers. */
  static FloatArray random(Random random, int size) {
    FloatArray array = new FloatArray(size);
    for (int i = 0; i < size; i++) {
      array.set(i, (float) random.nextGaussian());
    }
    return array;
  }

  /** Normally distributed numbers, rounded to half precision. */
  static HalfFloatArray randomHalves(Random random, int size) {
    HalfFloatArray array = new HalfFloatArray(size);
    for (int i = 0; i < size; i++) {
      array.set(i, new HalfFloat((float) random.nextGaussian()));
    }
    return array;
  }

  /** The same numbers in single precision. */
  static FloatArray widened(HalfFloatArray halves) {
    FloatArray array = new FloatArray(halves.getSize());
    for (int i = 0; i < halves.getSize(); i++) {
      array.set(i, halves.get(i).getFloat32());
    }
    return array;
  }

  /** A section's fields, from the first on. */
  static IntArray call(int tokens, int... section) {
    IntArray call = new IntArray(Call.SIZE);
    call.set(Call.TOKENS, tokens);
    for (int i = 0; i < section.length; i++) {
      call.set(Call.section(0) + i, section[i]);
    }
    return call;
  }

  /** So many different places in an arena, in any order. */
  static IntArray places(Random random, int count, int arena) {
    int[] all = new int[arena];
    for (int i = 0; i < arena; i++) {
      int other = random.nextInt(i + 1);
      all[i] = all[other];
      all[other] = i;
    }
    IntArray places = new IntArray(Math.max(1, count));
    for (int i = 0; i < count; i++) {
      places.set(i, all[i]);
    }
    return places;
  }

  /** A copy on the heap. */
  static float[] copy(FloatArray array) {
    return array.toHeapArray();
  }
}
