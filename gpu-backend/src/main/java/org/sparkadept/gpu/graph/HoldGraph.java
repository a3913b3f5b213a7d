package org.sparkadept.gpu.graph;

import org.sparkadept.gpu.kernel.Holding;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Puts the shared arrays on the device, where the other graphs find them. Launched once. */
final class HoldGraph {
  private static final int ITEMS = 64;

  private HoldGraph() {}

  static TaskGraph build(SharedArrays arrays, GridScheduler scheduler) {
    KernelContext context = new KernelContext();
    TaskGraph tasks =
        new TaskGraph(Graph.HOLD)
            .transferToDevice(DataTransferMode.FIRST_EXECUTION, context)
            .transferToDevice(DataTransferMode.FIRST_EXECUTION, arrays.all().toArray());
    int number = 0;
    for (TornadoNativeArray array : arrays.all()) {
      String task = "hold" + number++;
      switch (array) {
        case FloatArray floats -> tasks.task(task, Holding::holdFloats, context, floats);
        case HalfFloatArray halves -> tasks.task(task, Holding::holdHalves, context, halves);
        case IntArray ints -> tasks.task(task, Holding::holdInts, context, ints);
        default -> throw new IllegalArgumentException("No kernel holds " + array.getClass());
      }
      scheduler.addWorkerGrid(Graph.HOLD + "." + task, oneGroup());
    }
    return tasks.persistOnDevice(arrays.all().toArray());
  }

  private static WorkerGrid oneGroup() {
    WorkerGrid grid = new WorkerGrid1D(ITEMS);
    grid.setLocalWork(ITEMS, 1, 1);
    return grid;
  }
}
