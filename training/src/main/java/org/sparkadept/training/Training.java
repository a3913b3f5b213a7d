package org.sparkadept.training;

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
   * @param args a subcommand and its options
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Training()).execute(args));
  }
}
