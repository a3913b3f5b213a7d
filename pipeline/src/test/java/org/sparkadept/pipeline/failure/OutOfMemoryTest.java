package org.sparkadept.pipeline.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

/** A run on one machine whose rows do not fit into its heap, in a JVM of its own. */
class OutOfMemoryTest extends CommandTest {
  /** Hardly more than Spark insists on. */
  private static final String HEAP = "-Xmx480m";

  @Test
  void theRunEndsWithItsCodeAndWhatToDoAndLeavesNothing() throws Exception {
    output = Files.createDirectory(folder.resolve("results")).resolve("out");
    Path summary = folder.resolve("summary.json");
    addRows(spark.range(0, 40, 1, 1).selectExpr("concat(id, repeat(' a text', 700000)) text"));

    Process run =
        CommandRun.inOwnJvm(
                HEAP,
                "classify",
                "--input=" + input,
                "--output=" + output,
                "--model=" + model,
                "--summary=" + summary,
                "--master=local[1]",
                "--quiet")
            .start();
    String printed = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(ExitCode.JOB_FAILED, run.waitFor(), printed);
    assertTrue(printed.contains("adept: Out of memory"), printed);
    assertTrue(printed.contains("ADEPT_DRIVER_MEMORY"), printed);
    assertTrue(Files.readString(summary).contains("Out of memory"));
    assertEquals(List.of(), names(output.getParent()));
  }
}
