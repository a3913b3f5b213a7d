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
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import picocli.CommandLine;

class JobBenchmarkTest {
  private static final int ROWS = 300;

  @TempDir private Path folder;

  @Test
  void measuresTheJobBesideTheEngine() throws IOException {
    Path model =
        TinyCheckpoint.llama()
            .labels("no", "yes")
            .write(Files.createDirectory(folder.resolve("model")));
    Path table = folder.resolve("table");
    assertEquals(
        0,
        new CommandLine(new SyntheticTable())
            .execute(
                "--rows", Integer.toString(ROWS), "--files", "2", "--output", table.toString()));
    StringWriter out = new StringWriter();

    int code =
        new CommandLine(new JobBenchmark())
            .setOut(new PrintWriter(out))
            .execute("--model", model.toString(), "--table", table.toString());

    assertEquals(0, code);
    List<String[]> lines =
        out.toString()
            .lines()
            .filter(line -> line.startsWith("| "))
            .skip(1)
            .map(line -> line.split(" *\\| *"))
            .toList();
    assertTrue(out.toString().contains(ROWS + " rows, "), out.toString());
    assertEquals(
        List.of(
            "engine alone",
            "job, to Parquet",
            "job, to nowhere",
            "no-op, to Parquet",
            "no-op, to nowhere"),
        lines.stream().map(line -> line[1]).toList());
    assertEquals("1.000", lines.get(0)[4]);
    for (String[] line : lines) {
      assertTrue(Double.parseDouble(line[2]) > 0, String.join(" ", line));
    }
  }
}
