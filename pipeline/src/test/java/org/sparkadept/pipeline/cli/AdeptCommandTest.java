package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.pipeline.CommandRun;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class AdeptCommandTest {
  @Test
  void helpIsEverywhereAndTellsTheExitCodes() {
    for (List<String> command :
        List.of(List.<String>of(), List.of("classify"), List.of("demo"), List.of("inspect"))) {
      List<Object> arguments = new ArrayList<>(command);
      arguments.add("--help");

      CommandRun run = CommandRun.of(arguments.toArray());

      run.assertOk("Exit codes:");
      assertTrue(run.out().startsWith("Usage: adept") || run.out().contains("\nUsage: adept"));
    }
  }

  @Test
  void versionTellsOurVersionAndSparks() {
    CommandRun run = CommandRun.of("--version");

    run.assertOk();
    assertTrue(run.out().matches("(?s)adept \\d+\\.\\d+\\.\\d+.*Spark 4\\..*"), run.out());
  }

  @Test
  void wrongCommandLinesAreUsageErrorsInOneLineAndAHint() {
    CommandRun.of().assertFails(2, "classify, fit, evaluate");

    CommandRun.of("classify", "--imput", "x").assertFails(2, "--imput");

    CommandRun.of("classify", "-i", "x", "-o", "y", "--mode", "sometimes")
        .assertFails(2, "OVERWRITE");

    CommandRun.of("inspect").assertFails(2, "MODEL");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          classify -i x -o y --threshold | NaN, Infinity, -0.5, 0, 1.5, 1e-50, '', abc
          classify -i x -o y --max-tokens | -1, 99999999999, 1.5, '', NaN
          classify -i x -o y --partitions | -1, -7, 1000001, 99999999999, '', 1.5, many
          explain --text x --rows | 0, -1, 99999999999, ''
          calibrate -i x -o y --max-disagreement 0.1 --delta | NaN, 0, 1, -1, Infinity, ''
          calibrate -i x -o y --max-disagreement | NaN, 0, 1, -1, Infinity, ''
          fit -i x -o y --max-accuracy-loss | NaN, 0, 1, -1, Infinity, ''
          fit -i x -o y --train-ratio | NaN, 0, 1, -1, Infinity, ''
          fit -i x -o y --validation-ratio | NaN, 0, 1, -1, Infinity, ''
          fit -i x -o y --reg-param | NaN, -1, Infinity, ''
          fit -i x -o y --lambda | NaN, 0, -1, Infinity, ''
          fit -i x -o y --beta | NaN, 0, -1, Infinity, ''
          fit -i x -o y --token-threshold | NaN, 0, 1.5, Infinity, ''
          fit -i x -o y --mapper-tokens | 0, -1, 1e5, ''
          fit -i x -o y --delta | NaN, 0, 1, ''
          fit -i x -o y --seed | NaN, 1.5, 99999999999999999999, ''
          fit -i x -o y --exit-layers | a, '', 1.5
          sql -e x --max-rows | 0, -1, 99999999999, ''
          """)
  void numbersOutOfTheirRangeAreUsageErrors(String command, String values) {
    for (String value : values.split(", ")) {
      List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
      String option = arguments.get(arguments.size() - 1);
      arguments.add(value.replace("''", ""));

      CommandRun.of(arguments.toArray()).assertFails(2, option, "adept " + arguments.get(0));
    }
  }

  @Test
  void numbersOfTheirRangeAreTaken() {
    CommandRun.of("classify", "-i", "x", "-o", "y", "--threshold", "1", "--partitions", "0")
        .assertFails(3, "No model given");
    CommandRun.of("classify", "-i", "x", "-o", "y", "--max-tokens", "0", "--scores")
        .assertFails(3, "No model given");
  }

  @Test
  void whatIsWrongIsSaidOnceAndInOurWords() {
    CommandRun run = CommandRun.of("classify", "-i", "x", "-o", "y", "--conf", "nothing");
    run.assertFails(2, "The value of option '--conf' (KEY=VALUE) should be in KEY=VALUE format");
    CommandRun.of("explain")
        .assertFails(2, "adept: Missing required argument (specify one of these)");
    CommandRun.of("classify", "-i", "x", "-o", "y", "--policy", "sometimes")
        .assertFails(2, "--policy must be model, none, adept, confidence, entropy or patience");
  }

  @Test
  void verboseShowsTheStackTrace() {
    CommandRun brief = CommandRun.of("inspect", "nowhere");
    CommandRun verbose = CommandRun.of("inspect", "nowhere", "--verbose");

    assertFalse(brief.err().contains("\tat "), brief.err());
    verbose.assertFails(3, "adept: nowhere does not exist", "\tat org.sparkadept.");
  }

  @Test
  void errorsAreFailuresAsExceptionsAre() {
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        AdeptCommand.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(err));
    commandLine.addSubcommand("exhaust", new Exhausted());

    assertEquals(1, commandLine.execute("exhaust"));
    assertTrue(err.toString().startsWith("adept: Out of memory (Java heap space)"), err.toString());
  }

  /** A command that no memory is left for. */
  @Command
  private static final class Exhausted implements Runnable {
    @Override
    public void run() {
      throw new OutOfMemoryError("Java heap space");
    }
  }
}
