package org.sparkadept.training;

import ai.djl.engine.Engine;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point of {@code training/run}. */
@Command(
    name = "training/run",
    description = "Trains small decoder models with exit heads and measures them.",
    mixinStandardHelpOptions = true,
    subcommands = {TrainModel.class, EvaluateModel.class, SplitRows.class})
public final class Training {
  private Training() {}

  /**
   * Starts PyTorch. DJL neither reports its use nor downloads anything.
   *
   * @param threads threads of one operation; the first call in a process decides
   */
  static Engine pyTorch(int threads) {
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    return Engine.getEngine("PyTorch");
  }

  /**
   * @param args a subcommand and its options
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Training()).execute(args));
  }
}
