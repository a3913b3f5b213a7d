package org.sparkadept.gpu.graph;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.gpu.TestDevice;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.kernel.Compaction;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;

/** Results of a launch are accepted only if the device completed it. */
class CompletionMarkerTest {
  private static final int TOKENS = 8;

  @TempDir Path directory;

  @Test
  void theMarkerOfAnotherLaunchIsRejected() throws Exception {
    Device device = TestDevice.orSkip();
    TinyCheckpoint.llama().positions(TOKENS).write(directory);
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      MemoryPlan memory = MemoryPlan.of(opened.config(), ComputeOptions.defaults().device());
      ResidentArrays arrays = new ResidentArrays(opened.config(), memory, false, device);
      GridScheduler scheduler = new GridScheduler();
      arrays.addGrids(scheduler);
      GatherGraph graph = GatherGraph.read(arrays, memory, scheduler);
      LaunchRows rows = new LaunchRows();
      rows.add(0, TOKENS, new int[TOKENS], 0);
      try (TornadoExecutionPlan plan =
          new TornadoExecutionPlan(arrays.upload, graph.tasks.snapshot())) {
        plan.withDevice(device.handle()).withGridScheduler(scheduler).withGraph(0).execute();
        graph.fit(1, graph.parameters.setRows(rows, Compaction.ALL, 0));
        TornadoExecutionResult result = plan.withGraph(1).execute();
        assertDoesNotThrow(() -> graph.requireCompletion(result));
        graph.parameters.setRows(rows, Compaction.ALL, 0);
        assertThrows(IllegalStateException.class, () -> graph.requireCompletion(result));
        plan.withAllGraphs();
      }
    }
  }
}
