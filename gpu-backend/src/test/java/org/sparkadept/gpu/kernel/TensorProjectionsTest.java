package org.sparkadept.gpu.kernel;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

class TensorProjectionsTest {
  static Stream<int[]> shapes() {
    return ProjectionCase.shapes();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyTokenIsProjected(int[] shape) {
    TestDevice.withTensorCoresOrSkip();
    ProjectionCase test = new ProjectionCase(shape, true, true);
    FloatArray products = test.products();
    int section = LaunchParameters.section(0);
    WorkerGrid grid = KernelRun.rows(test.across, test.down, TensorProjections.GROUP);
    KernelRun.run(
        grid,
        TaskPackage.createPackage(
            "kernel",
            TensorProjections::projectTokens,
            new KernelContext(),
            test.parameters,
            section,
            test.slots,
            test.x,
            test.halves,
            test.vectors,
            products,
            test.y));
    test.assertDone();
  }
}
