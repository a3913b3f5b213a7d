package org.sparkadept.benchmarks;

import org.sparkadept.benchmarks.pytorch.PyTorchBenchmark;
import org.sparkadept.benchmarks.real.RealBenchmark;
import org.sparkadept.decoder.error.AdeptException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The entry point of {@code benchmarks/run}. */
@Command(
    name = "benchmarks/run",
    description = "Repeats the measurements that stand in the documents.",
    mixinStandardHelpOptions = true,
    subcommands = {
      AccuracyBenchmark.class,
      AnswersCommand.class,
      SpeedBenchmark.class,
      JobBenchmark.class,
      MultiLabelBenchmark.class,
      PyTorchBenchmark.class,
      RealBenchmark.class,
      ScalingBenchmark.class,
      SyntheticTable.class,
      GgufCheck.class,
      TokenizerBenchmark.class
    })
public final class Benchmarks {
  private Benchmarks() {}

  /**
   * @param args a subcommand and its options
   */
  public static void main(String[] args) {
    CommandLine commandLine = new CommandLine(new Benchmarks());
    commandLine.setExecutionExceptionHandler(Benchmarks::fail);
    System.exit(commandLine.execute(args));
  }

  /** Prints an error that the user can correct as one line, without a stack trace. */
  private static int fail(Exception exception, CommandLine command, ParseResult arguments)
      throws Exception {
    if (exception instanceof AdeptException) {
      command.getErr().println(exception.getMessage());
      command.getErr().flush();
      return 1;
    }
    throw exception;
  }
}
