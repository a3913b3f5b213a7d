package org.sparkadept.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class ControlKernelsTest {
  @Test
  void theCompletionMarkerIsTheNumberOfTheLaunch() {
    TestDevice.orSkip();
    IntArray parameters = KernelRun.parameters(0);
    IntArray marker = new IntArray(1);
    for (int number = 1; number <= 2; number++) {
      parameters.set(LaunchParameters.LAUNCH_NUMBER, number);
      KernelRun.run(
          KernelRun.items(64),
          TaskPackage.createPackage(
              "kernel", ControlKernels::markComplete, new KernelContext(), parameters, marker));
      assertEquals(number, marker.get(0));
    }
  }
}
