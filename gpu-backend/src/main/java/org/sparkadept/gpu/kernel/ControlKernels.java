package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Kernels that compute nothing. The {@code keep…} kernels make arrays resident: TornadoVM copies an
 * array to the device when a task takes it, and keeps it there for later graphs.
 */
public final class ControlKernels {
  private ControlKernels() {}

  /** Writes back the first element. */
  public static void keepFloats(KernelContext context, FloatArray array) {
    if (context.globalIdx == 0) {
      array.set(0, array.get(0));
    }
  }

  /** Writes back the first element. */
  public static void keepInts(KernelContext context, IntArray array) {
    if (context.globalIdx == 0) {
      array.set(0, array.get(0));
    }
  }

  /**
   * Writes the launch's number into {@code marker[0]}, the completion marker. TornadoVM prints a
   * driver's errors and continues; without the marker, results of an earlier launch would be taken
   * for those of a failed one. This detects a device that stopped, not a single kernel that the
   * driver rejected.
   */
  public static void markComplete(KernelContext context, IntArray parameters, IntArray marker) {
    if (context.globalIdx == 0) {
      marker.set(0, parameters.get(LaunchParameters.LAUNCH_NUMBER));
    }
  }
}
