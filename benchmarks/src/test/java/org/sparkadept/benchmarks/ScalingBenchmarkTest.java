package org.sparkadept.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ScalingBenchmarkTest {
  @TempDir private Path folder;

  /** With a launcher that writes the summary of a job of 3 s on one core and 2 s on all. */
  @Test
  void timesComeFromTheSummaries() throws IOException {
    Path rows = folder.resolve("rows.jsonl");
    Files.writeString(rows, "{\"text\":\"a\"}\n".repeat(40));
    Path launcher = folder.resolve("adept");
    Files.writeString(
        launcher,
        """
        #!/usr/bin/env bash
        seconds=2
        for word; do
          [ "$last" != --summary ] || summary=$word
          [ "$last" != --input ] || ls "$word"/*.parquet >/dev/null || exit 1
          [ "$word" != 'local[1]' ] || seconds=3
          last=$word
        done
        echo "{\\"seconds\\": $seconds, \\"idle_share\\": 0.25}" >"$summary"
        """);
    assertTrue(launcher.toFile().setExecutable(true));
    StringWriter out = new StringWriter();

    int code =
        new CommandLine(new ScalingBenchmark())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute(
                "--model",
                "m",
                "--rows",
                rows.toString(),
                "--limit",
                "30",
                "--repeat",
                "2",
                "--adept",
                launcher.toString());

    assertEquals(0, code, out.toString());
    List<String> lines = out.toString().lines().filter(line -> line.startsWith("| ")).toList();
    int cores = Runtime.getRuntime().availableProcessors();
    assertEquals(10, lines.size(), out.toString());
    assertTrue(lines.get(1).startsWith("| even files | 1 | automatic | 3.00 | 20 | 25.0 % | 1.00"));
    assertEquals(
        "| uneven files | " + cores + " | as they come | 2.00 | 30 | 25.0 % | 1.50 |",
        lines.get(9));
  }
}
