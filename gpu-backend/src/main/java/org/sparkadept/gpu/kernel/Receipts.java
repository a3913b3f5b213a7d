package org.sparkadept.gpu.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The kernel by which a device tells that it came to the end of a launch. TornadoVM prints a
 * driver's errors, but goes on: without a receipt, what an earlier launch left behind would be
 * taken for this one's results. It finds a device that stopped, not a single kernel that the driver
 * refused.
 */
public final class Receipts {
  private Receipts() {}

  /** Writes the launch's number into {@code receipt[0]}. */
  public static void signReceipt(KernelContext context, IntArray call, IntArray receipt) {
    if (context.globalIdx == 0) {
      receipt.set(0, call.get(Call.TICKET));
    }
  }
}
