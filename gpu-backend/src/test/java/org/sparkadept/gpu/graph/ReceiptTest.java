package org.sparkadept.gpu.graph;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.decoder.compute.LoadedModel;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.gpu.TestDevice;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.kernel.TokenLists;
import org.sparkadept.gpu.weights.WeightPlan;
import org.sparkadept.gpu.weights.Weights;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;

/** A launch that the device came to the end of is told from one that it did not. */
class ReceiptTest {
  private static final int TOKENS = 8;

  @TempDir Path directory;

  @Test
  void theReceiptOfAnotherLaunchIsRefused() throws Exception {
    Device device = TestDevice.orSkip();
    TinyCheckpoint.llama().positions(TOKENS).write(directory);
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      ModelSource source = LoadedModel.source(opened, TOKENS);
      Sizes sizes = Sizes.of(source, DeviceOptions.defaults());
      Weights weights = new Weights(source, new WeightPlan(source, false));
      SharedArrays arrays = new SharedArrays(source.config(), weights, sizes, false);
      GridScheduler scheduler = new GridScheduler();
      StatesGraph graph = new StatesGraph(source.config(), arrays, sizes, scheduler);
      Rows rows = new Rows();
      rows.add(0, TOKENS, new int[TOKENS], 0);
      try (TornadoExecutionPlan plan =
          new TornadoExecutionPlan(
              HoldGraph.build(arrays, scheduler).snapshot(), graph.tasks.snapshot())) {
        plan.withDevice(device.handle()).withGridScheduler(scheduler).withGraph(0).execute();
        graph.fit(1, graph.call.name(rows, TokenLists.ALL, 0));
        TornadoExecutionResult result = plan.withGraph(1).execute();
        assertDoesNotThrow(() -> graph.requireReceipt(result));
        graph.call.name(rows, TokenLists.ALL, 0);
        assertThrows(IllegalStateException.class, () -> graph.requireReceipt(result));
        plan.withAllGraphs();
      }
    }
  }
}
