package org.sparkadept.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyTokenizer;
import picocli.CommandLine;

class TokenizerBenchmarkTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();

  @Test
  void idsAreThoseOfTheLibrary() throws IOException {
    TinyTokenizer.appendingClass().write(folder.resolve("tokenizer.json"));
    Path rows = folder.resolve("rows.jsonl");
    Files.writeString(rows, "{\"text\":\"the <|cls|> this\"}\n{\"text\":\"der \u00fcber\"}\n");

    assertEquals(0, run("--rows", rows.toString(), "--rounds", "3"));

    String printed = out.toString();
    assertTrue(printed.contains("2 rows, 18 tokens, 0 rows with other ids"), printed);
    assertTrue(printed.contains("| spark-adept | "), printed);
  }

  @Test
  void tooFewRoundsAreRefused() {
    assertEquals(2, run("--rows", "x", "--rounds", "2"));
    assertTrue(out.toString().contains("--rounds must be at least 3."), out.toString());
  }

  private int run(String... more) {
    CommandLine command = new CommandLine(new TokenizerBenchmark());
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
    String[] all = new String[more.length + 4];
    all[0] = "--model";
    all[1] = folder.toString();
    all[2] = "--warm-up";
    all[3] = "0";
    System.arraycopy(more, 0, all, 4, more.length);
    return command.execute(all);
  }
}
