package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

class SqlCommandTest extends CommandTest {
  @Test
  void classifiesFromTheCommandLine() throws IOException {
    String query =
        "select adept_classify(t, map('model', '"
            + model
            + "')) r from values ('a text'), (null) v(t)";

    CommandRun run = CommandRun.of("sql", "-e", query, "--output-format", "json", "--quiet");

    run.assertOk();
    String[] lines = run.out().split("\\R");
    JsonNode answer = JsonEdit.read(lines[0]).get("r");
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
    table.assertOk("|a  |b  |");
  }

  /** Spreadsheets and data frames read a header with one name twice; an object has a key once. */
  @Test
  void twoColumnsOfOneName() {
    String query = "select 1 a, 2 a, 3 A, 'x' `b.c`";

    CommandRun csv = CommandRun.of("sql", "-e", query, "--output-format", "csv", "--quiet");
    CommandRun json = CommandRun.of("sql", "-e", query, "--output-format", "json", "--quiet");
    CommandRun cases =
        CommandRun.of("sql", "-e", "select 1 a, 2 A", "--output-format", "json", "--quiet");

    assertEquals("a,a,A,b.c\n1,2,3,x\n", csv.out().replace("\r", ""));
    json.assertFails(3, "two columns named 'a'", "AS name");
    assertEquals("{\"a\":1,\"A\":2}", cases.out().strip());
  }

  @Test
  void aQueryThatFailsPrintsNoHeader() {
    String query = "select raise_error('bad') e from range(3)";

    CommandRun run = CommandRun.of("sql", "-e", query, "--output-format", "csv", "--quiet");

    run.assertFails(1, "bad");
    assertEquals("", run.out());
  }

  /** Spark warns of every block that a failed task leaves. */
  @Test
  void aFailureIsOneLine() throws Exception {
    ProcessBuilder command =
        CommandRun.inOwnJvm(
            "-Xmx1g",
            "sql",
            "--quiet",
            "--master=local[8]",
            "--execute=cache table t as select 1 / (id - 1) r from range(0, 40, 1, 40)");
    String logging = Path.of("..", "conf", "log4j2.properties").toRealPath().toUri().toString();
    command.command().add(1, "-Dlog4j2.configurationFile=" + logging);
    Path log = folder.resolve("failure.log");
    Process process = command.redirectOutput(log.toFile()).start();

    assertTrue(process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
    List<String> lines = new ArrayList<>(Files.readAllLines(log));
    lines.removeIf(line -> line.startsWith("WARNING: ")); // of the JVM, on its modules
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.get(0).startsWith("adept: The job failed: [DIVIDE_BY_ZERO]"), lines.get(0));
  }

  @Test
  void tablesCannotSteerTheTerminal() {
    CommandRun run = CommandRun.of("sql", "--quiet", "-e", "select concat('a', char(27), '[2J') t");

    run.assertOk("a␛[2J");
    assertFalse(run.out().contains("\u001b"), run.out());
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
    CommandRun.of("sql", "-e", "select id from range(9)", "--max-rows", "2")
        .assertOk("only showing top 2 rows");
  }

  @Test
  void plansAreReadable() {
    String call = "adept_classify(string(id), map('model', '" + model + "')).label";

    CommandRun run = CommandRun.of("sql", "-e", "explain select " + call + " from range(3)");

    assertTrue(run.out().lines().anyMatch(line -> line.contains("ArrowEval")), run.out());
    run.assertOk("adept_classify(model " + model);
    assertTrue(run.out().lines().count() > 3, run.out());
  }

  @Test
  void mistakesAreNamed() {
    CommandRun unknown = CommandRun.of("sql", "-e", "select nothing from nowhere", "--quiet");
    CommandRun nothing = CommandRun.of("sql", "-e", " -- nothing\n ;", "--quiet");
    CommandRun absent = CommandRun.of("sql", "-f", folder.resolve("absent.sql"), "--quiet");
    CommandRun both = CommandRun.of("sql", "-e", "select 1", "-f", "x.sql");

    assertTrue(unknown.code() != 0 && unknown.err().contains("nowhere"), unknown.err());
    nothing.assertFails(2, "There is no statement");
    assertTrue(absent.code() != 0 && absent.err().contains("absent.sql"), absent.err());
    both.assertFails(2);
  }
}
