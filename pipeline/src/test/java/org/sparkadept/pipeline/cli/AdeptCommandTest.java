package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.CommandRun;

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
}
