package org.sparkadept.training;

import ai.djl.engine.Engine;

/** Starts the PyTorch engine. */
final class PyTorch {
  private PyTorch() {}

  /**
   * The engine on so many threads. DJL neither reports its use nor fetches anything.
   *
   * @param threads threads of one operation; decided by the first call in a process
   */
  static Engine start(int threads) {
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    return Engine.getEngine("PyTorch");
  }
}
