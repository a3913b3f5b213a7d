package org.sparkadept.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.benchmarks.measure.Rounds;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.Classifications;
import picocli.CommandLine;

class SpeedBenchmarkTest {
  @TempDir private Path folder;
  private Path model;
  private Path rows;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void write() throws IOException {
    model =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .adept(TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(0.5, 1))
            .write(Files.createDirectory(folder.resolve("model")));
    rows = folder.resolve("rows.jsonl");
    StringBuilder lines = new StringBuilder("{\"label\":\"yes\"}\n");
    for (int i = 0; i < 40; i++) {
      lines.append("{\"text\":\"the text ").append(i).append("\",\"label\":\"grün\"}\n");
    }
    Files.writeString(rows, lines);
  }

  private int run(String... more) {
    List<String> args =
        new ArrayList<>(List.of("--model", model.toString(), "--rows", rows.toString()));
    args.addAll(List.of("--warm-up", "0"));
    args.addAll(List.of(more));
    return new CommandLine(new SpeedBenchmark())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args.toArray(new String[0]));
  }

  private List<String> lines() {
    return out.toString().lines().filter(line -> !line.isEmpty()).toList();
  }

  @Test
  void measuresThePolicyBesideFullDepthOnEachNumberOfThreads() {
    assertEquals(0, run("--rounds", "3", "--threads", "1,3"), err.toString());

    assertEquals(10, lines().size(), out.toString());
    assertTrue(lines().get(0).startsWith("40 rows, 1 of "), out.toString());
    assertTrue(lines().get(5).startsWith("40 rows, 3 of "), out.toString());
    String[] fullDepth = lines().get(3).split(" *\\| *");
    assertEquals("full depth (policy none)", fullDepth[1]);
    assertEquals("100.00 %", fullDepth[3]);
    assertEquals("3.00", fullDepth[4]);
    assertEquals("1.00", fullDepth[8]);
    String[] early = lines().get(4).split(" *\\| *");
    assertEquals("policy model", early[1]);
    assertTrue(Double.parseDouble(early[8]) > 1, "saves FLOPs: " + early[8]);
  }

  @Test
  void ablationsLeaveEachPartOutOnceAndChangeNoAnswerWhereTheyMayNot() {
    assertEquals(0, run("--rounds", "3", "--threads", "1", "--ablations"), err.toString());

    List<String[]> table = lines().stream().skip(3).map(line -> line.split(" *\\| *")).toList();
    assertEquals(
        List.of(
            "full depth (policy none)",
            "policy model",
            "- tokens stay",
            "- tokens leave as plain copies",
            "- class token not first",
            "- survivors not merged",
            "- none of these"),
        table.stream().map(cells -> cells[1]).toList());
    String[] options = table.get(1);
    assertEquals(options[3], table.get(4)[3]);
    assertEquals(options[4], table.get(5)[4]);
    assertEquals(options[8], table.get(5)[8]);
    assertTrue(Double.parseDouble(table.get(4)[8]) < Double.parseDouble(options[8]));
  }

  @Test
  void aModelWithoutATokenPolicyHasFewerAblations() {
    ClassifierOptions options = ClassifierOptions.defaults();

    assertEquals(4, SpeedVariant.of(options, true, false).size());
    assertEquals(6, SpeedVariant.of(options, true, true).size());
    assertEquals(1, SpeedVariant.of(options, false, true).size());
  }

  @Test
  void answersAreWrittenALineARow() throws IOException {
    Path output = folder.resolve("answers");
    Files.writeString(rows, "{\"text\":\"\"}\n", StandardOpenOption.APPEND);
    int code =
        new CommandLine(new AnswersCommand())
            .execute(
                "--model",
                model.toString(),
                "--rows",
                rows.toString(),
                "--output",
                output.toString());

    assertEquals(0, code);
    List<String> answers = Files.readAllLines(output);
    assertEquals(41, answers.size());
    assertEquals("text is empty", answers.get(40));
    try (LoadedModel loaded = LoadedModel.open(model, ComputeOptions.defaults())) {
      byte[][] last = {"the text 39".getBytes(StandardCharsets.UTF_8)};
      Classifications expected = loaded.classifier(ClassifierOptions.defaults()).classify(last);
      String[] cells = answers.get(39).split("\t");
      assertEquals(expected.label(0), cells[0]);
      assertEquals(expected.score(0), Float.intBitsToFloat(Integer.parseInt(cells[1])));
      assertEquals(Integer.toString(expected.exitLayer(0)), cells[2]);
      assertEquals(Integer.toString(expected.tokens(0)), cells[3]);
      assertEquals(Long.toString(expected.flops(0)), cells[4]);
    }
  }

  @Test
  void tellsWhatIsWrong() {
    assertNotEquals(0, run("--merge", "maybe"));
    assertTrue(err.toString().contains("--merge is on or off, but not 'maybe'."), err.toString());
    assertNotEquals(0, run("--rounds", "2"));
    assertTrue(err.toString().contains("--rounds must be at least 3."), err.toString());
  }

  @Test
  void mediansAreOfTheSortedTimes() {
    assertEquals(3, Rounds.Spread.of(9, 1, 3).median());
    assertEquals(4, Rounds.Spread.of(9, 1, 3, 5).median());
  }
}
