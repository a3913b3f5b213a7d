package org.sparkadept.gpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class ReceiptsTest {
  @Test
  void theReceiptIsTheNumberOfTheLaunch() {
    TestDevice.orSkip();
    IntArray call = KernelRun.call(0);
    IntArray receipt = new IntArray(1);
    for (int ticket = 1; ticket <= 2; ticket++) {
      call.set(Call.TICKET, ticket);
      KernelRun.run(
          KernelRun.items(64),
          (graph, context) -> graph.task("kernel", Receipts::signReceipt, context, call, receipt),
          call,
          receipt);
      assertEquals(ticket, receipt.get(0));
    }
  }
}
