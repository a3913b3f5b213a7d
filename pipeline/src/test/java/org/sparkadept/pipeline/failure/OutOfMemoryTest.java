package org.sparkadept.pipeline.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.Adept;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

/** A run on one machine whose rows do not fit into its heap, in a JVM of its own. */
class OutOfMemoryTest {
  /** Hardly more than Spark insists on. */
  private static final String HEAP = "-Xmx480m";

  @TempDir private Path folder;

  @Test
  void theRunEndsWithItsCodeAndWhatToDoAndLeavesNothing() throws Exception {
    Path model = TestModel.write(folder);
    Path input = folder.resolve("in");
    Path output = Files.createDirectory(folder.resolve("results")).resolve("out");
    Path summary = folder.resolve("summary.json");
    TestSpark.session()
        .range(0, 40, 1, 1)
        .selectExpr("concat(id, repeat(' a text', 700000)) text")
        .write()
        .parquet(input.toString());

    Process run =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("..", "conf", "jvm-options"),
                HEAP,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Adept.class.getName(),
                "classify",
                "--input=" + input,
                "--output=" + output,
                "--model=" + model,
                "--summary=" + summary,
                "--master=local[1]",
                "--quiet")
            .redirectErrorStream(true)
            .start();
    String printed = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(ExitCode.JOB_FAILED, run.waitFor(), printed);
    assertTrue(printed.contains("adept: Out of memory"), printed);
    assertTrue(printed.contains("ADEPT_DRIVER_MEMORY"), printed);
    assertTrue(Files.readString(summary).contains("Out of memory"));
    assertEquals(List.of(), names(output.getParent()));
  }

  private static List<String> names(Path parent) throws IOException {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.map(Path::toString).toList();
    }
  }
}
