package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;

class SqlCommandTest {
  @TempDir private static Path folder;
  private static Path model;

  @BeforeAll
  static void writeModel() throws IOException {
    model =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .adept(TinyAdept.confidence(0.6, 1, 2, 3))
            .write(Files.createDirectory(folder.resolve("model")));
  }

  @Test
  void classifiesFromTheCommandLine() throws IOException {
    String query =
        "select adept_classify(t, map('model', '"
            + model
            + "')) r from values ('a text'), (null) v(t)";

    CommandRun run = CommandRun.of("sql", "-e", query, "--output-format", "json", "--quiet");

    assertEquals(0, run.code(), run.err());
    String[] lines = run.out().split("\\R");
    JsonNode answer = new ObjectMapper().readTree(lines[0]).get("r");
    assertTrue(answer.get("label").asText().matches("no|yes|grün"), run.out());
    assertTrue(answer.get("error").isNull(), run.out());
    assertEquals("{\"r\":null}", lines[1]);
  }

  @Test
  void statementsShareASessionAndEachIsPrinted() throws IOException {
    Path file = folder.resolve("script.sql");
    Files.writeString(
        file,
        "create or replace temp view v as select 1 a, 'x,y' b; -- a view; no rows\nselect * from v;");

    CommandRun csv = CommandRun.of("sql", "-f", file, "--output-format", "csv", "--quiet");
    CommandRun table = CommandRun.of("sql", "-f", file, "--quiet");

    assertEquals("a,b\n1,\"x,y\"\n", csv.out().replace("\r", ""));
    assertTrue(table.out().contains("|a  |b  |"), table.out());
  }

  @Test
  void readsStandardInput() {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("select 41 + 1 n".getBytes(StandardCharsets.UTF_8)));
    try {
      assertEquals("n\n42\n", CommandRun.of("sql", "--output-format", "csv", "--quiet").out());
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void tablesSayWhereRowsAreLeftOut() {
    CommandRun run = CommandRun.of("sql", "-e", "select id from range(9)", "--max-rows", "2");

    assertTrue(run.out().contains("only showing top 2 rows"), run.out());
  }

  @Test
  void plansAreReadable() {
    String call = "adept_classify(string(id), map('model', '" + model + "')).label";

    CommandRun run = CommandRun.of("sql", "-e", "explain select " + call + " from range(3)");

    assertTrue(run.out().lines().anyMatch(line -> line.contains("ArrowEval")), run.out());
    assertTrue(run.out().contains("adept_classify(model " + model), run.out());
    assertTrue(run.out().lines().count() > 3, run.out());
  }

  @Test
  void mistakesAreNamed() {
    CommandRun unknown = CommandRun.of("sql", "-e", "select nothing from nowhere", "--quiet");
    CommandRun nothing = CommandRun.of("sql", "-e", " -- nothing\n ;", "--quiet");
    CommandRun absent = CommandRun.of("sql", "-f", folder.resolve("absent.sql"), "--quiet");
    CommandRun both = CommandRun.of("sql", "-e", "select 1", "-f", "x.sql");

    assertTrue(unknown.code() != 0 && unknown.err().contains("nowhere"), unknown.err());
    assertEquals(2, nothing.code());
    assertTrue(nothing.err().contains("There is no statement"), nothing.err());
    assertTrue(absent.code() != 0 && absent.err().contains("absent.sql"), absent.err());
    assertEquals(2, both.code());
  }
}
