package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.util.List;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.failure.Failure;
import org.sparkadept.pipeline.failure.Messages;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Prints a failure as one line; its stack trace only with {@code --verbose}. */
final class FailureHandler
    implements IExecutionStrategy, IExecutionExceptionHandler, IParameterExceptionHandler {

  /** Runs the command; its errors, such as of memory, are handled as its exceptions are. */
  @Override
  public int execute(ParseResult arguments) {
    try {
      return new RunLast().execute(arguments);
    } catch (Error e) {
      throw new ExecutionException(arguments.commandSpec().commandLine(), "the command failed", e);
    }
  }

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine commandLine, ParseResult arguments) {
    Failure failure = Failure.of(exception);
    PrintWriter err = commandLine.getErr();
    err.println("adept: " + failure.message());
    if (isVerbose(arguments)) {
      printCauses(exception, err);
    }
    err.flush();
    return failure.exitCode();
  }

  private static void printCauses(Throwable thrown, PrintWriter err) {
    for (Throwable at = thrown; at != null; at = at.getCause() == at ? null : at.getCause()) {
      err.println(at == thrown ? at : "Caused by: " + at);
      for (StackTraceElement element : at.getStackTrace()) {
        err.println("\tat " + element);
      }
      for (Throwable other : at.getSuppressed()) {
        err.print("Suppressed: ");
        printCauses(other, err);
      }
    }
  }

  /** Whether the command, which is the last of the subcommands, was given the option. */
  private static boolean isVerbose(ParseResult arguments) {
    ParseResult last = arguments;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    return last.hasMatchedOption("--verbose");
  }

  @Override
  public int handleParseException(ParameterException exception, String[] args) {
    CommandLine commandLine = exception.getCommandLine();
    PrintWriter err = commandLine.getErr();
    List<String> unknown = commandLine.getUnmatchedArguments();
    err.println(
        "adept: "
            + (unknown.isEmpty() ? message(exception) : "Unknown argument " + unknown.get(0)));
    CommandLine.UnmatchedArgumentException.printSuggestions(exception, err);
    err.println("Try '" + commandLine.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return ExitCode.USAGE;
  }

  /** What is wrong with the arguments, in our words where a value was checked by us. */
  private static String message(ParameterException exception) {
    return Messages.find(exception, AdeptException.class)
        .map(Messages::line)
        .orElseGet(
            () ->
                exception
                    .getMessage()
                    .replaceFirst("^Error: ", "")
                    .replaceFirst("^Value for option option", "The value of option"));
  }
}
