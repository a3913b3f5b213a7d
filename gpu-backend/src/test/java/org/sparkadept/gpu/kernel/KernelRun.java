package org.sparkadept.gpu.kernel;

import java.util.Random;
import java.util.stream.Stream;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Runs one kernel on the device of the tests. */
final class KernelRun {
  private static int runs;

  private KernelRun() {}

  /** A grid of {@code count} groups of {@code size} items. */
  static WorkerGrid groups(int count, int size) {
    WorkerGrid grid = new WorkerGrid1D(count * size);
    grid.setLocalWork(size, 1, 1);
    return grid;
  }

  /** A grid of at least {@code count} items. */
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
   * Runs a kernel once. All its arrays are copied to the device before and back after.
   *
   * @param kernel a task named {@code kernel}
   */
  static void run(WorkerGrid grid, TaskPackage kernel) {
    String name = "run" + runs++;
    Object[] arrays =
        Stream.of(kernel.getTaskParameters())
            .filter(TornadoNativeArray.class::isInstance)
            .toArray();
    TaskGraph graph = new TaskGraph(name);
    graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, arrays);
    graph.addTask(kernel);
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

  /** Launch parameters whose first section begins with {@code section}. */
  static IntArray parameters(int tokens, int... section) {
    IntArray parameters = new IntArray(LaunchParameters.SIZE);
    parameters.set(LaunchParameters.TOKENS, tokens);
    for (int i = 0; i < section.length; i++) {
      parameters.set(LaunchParameters.section(0) + i, section[i]);
    }
    return parameters;
  }

  /** Distinct slots of an arena, in random order. */
  static IntArray slots(Random random, int count, int arena) {
    int[] all = new int[arena];
    for (int i = 0; i < arena; i++) {
      int other = random.nextInt(i + 1);
      all[i] = all[other];
      all[other] = i;
    }
    IntArray slots = new IntArray(Math.max(1, count));
    for (int i = 0; i < count; i++) {
      slots.set(i, all[i]);
    }
    return slots;
  }

  /** A copy on the heap. */
  static float[] copy(FloatArray array) {
    return array.toHeapArray();
  }
}
