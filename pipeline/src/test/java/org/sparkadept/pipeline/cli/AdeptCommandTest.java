package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

      assertEquals(0, run.code());
      assertTrue(run.out().contains("Exit codes:"), run.out());
      assertTrue(run.out().startsWith("Usage: adept") || run.out().contains("\nUsage: adept"));
    }
  }

  @Test
  void versionTellsOurVersionAndSparks() {
    CommandRun run = CommandRun.of("--version");

    assertEquals(0, run.code());
    assertTrue(run.out().matches("(?s)adept \\d+\\.\\d+\\.\\d+.*Spark 4\\..*"), run.out());
  }

  @Test
  void wrongCommandLinesAreUsageErrorsInOneLineAndAHint() {
    CommandRun none = CommandRun.of();
    assertEquals(2, none.code());
    assertTrue(none.err().contains("classify, fit, evaluate"), none.err());

    CommandRun unknown = CommandRun.of("classify", "--imput", "x");
    assertEquals(2, unknown.code());
    assertTrue(unknown.err().contains("--imput"), unknown.err());

    CommandRun mode = CommandRun.of("classify", "-i", "x", "-o", "y", "--mode", "sometimes");
    assertEquals(2, mode.code());
    assertTrue(mode.err().contains("OVERWRITE"), mode.err());

    CommandRun missing = CommandRun.of("inspect");
    assertEquals(2, missing.code());
    assertTrue(missing.err().contains("MODEL"), missing.err());
  }
}
