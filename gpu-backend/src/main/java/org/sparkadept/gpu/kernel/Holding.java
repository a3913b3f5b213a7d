package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Kernels that only name arrays: TornadoVM puts on the device what a task takes, and keeps it there
 * for the graphs that follow.
 */
public final class Holding {
  private Holding() {}

  /** Writes back the first element. */
  public static void holdFloats(KernelContext context, FloatArray array) {
    if (context.globalIdx == 0) {
      array.set(0, array.get(0));
    }
  }

  /** Writes back the first element. */
  public static void holdHalves(KernelContext context, HalfFloatArray array) {
    if (context.globalIdx == 0) {
      array.set(0, array.get(0));
    }
  }

  /** Writes back the first element. */
  public static void holdInts(KernelContext context, IntArray array) {
    if (context.globalIdx == 0) {
      array.set(0, array.get(0));
    }
  }
}
