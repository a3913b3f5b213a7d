package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.util.List;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.failure.Failure;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Prints a failure as one line; its stack trace only with {@code --verbose}. */
final class FailureHandler implements IExecutionExceptionHandler, IParameterExceptionHandler {

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine commandLine, ParseResult arguments) {
    Failure failure = Failure.of(exception);
    PrintWriter err = commandLine.getErr();
    err.println("adept: " + failure.message());
    if (arguments.hasMatchedOption("--verbose")) {
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
    }
  }

  @Override
  public int handleParseException(ParameterException exception, String[] args) {
    CommandLine commandLine = exception.getCommandLine();
    PrintWriter err = commandLine.getErr();
    List<String> unknown = commandLine.getUnmatchedArguments();
    err.println(
        "adept: "
            + (unknown.isEmpty() ? exception.getMessage() : "Unknown argument " + unknown.get(0)));
    CommandLine.UnmatchedArgumentException.printSuggestions(exception, err);
    err.println("Try '" + commandLine.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return ExitCode.USAGE;
  }
}
