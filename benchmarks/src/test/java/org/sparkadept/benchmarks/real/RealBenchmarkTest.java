package org.sparkadept.benchmarks.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.Adept;
import picocli.CommandLine;

/** The whole benchmark on a tiny checkpoint, with real commands and with some that cost nothing. */
class RealBenchmarkTest {
  private static final int ROWS = 400;

  @TempDir private Path folder;
  private Path model;
  private Path calls;
  private Path launcher;
  private StringWriter out;
  private StringWriter err;

  @BeforeEach
  void write() throws IOException {
    model = TinyCheckpoint.llama().withoutHead().write(folder.resolve("model"));
    calls = folder.resolve("calls");
    launcher = folder.resolve("adept");
    for (String split : List.of("train", "test")) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < (split.equals("train") ? ROWS : 60); i++) {
        String text = (i % 2 == 0 ? "aabbcc" : "xxyyzz").repeat(1 + i % 3) + " " + split + " " + i;
        String label = i % 2 == 0 ? "a" : "x";
        lines.add("{\"text\": \"" + text + "\", \"label\": \"" + label + "\"}");
      }
      SampledRowsTest.write(folder.resolve("data/tiny/" + split + ".jsonl.gz"), lines);
    }
  }

  private void launcher(String... script) throws IOException {
    Files.writeString(
        launcher, "#!/bin/sh\necho \"$1\" >> " + calls + "\n" + String.join("\n", script) + "\n");
    assertTrue(launcher.toFile().setExecutable(true));
  }

  /** Commands that copy a model and reports; {@code tune} fails while there is a file. */
  private void copyingLauncher() throws IOException {
    Path fitted =
        TinyCheckpoint.llama()
            .withoutHead()
            .labels("a", "x")
            .adept(TinyAdept.of("adept", 0.5, 1, 2, 3))
            .write(folder.resolve("fitted"));
    Files.writeString(folder.resolve("fit.json"), "{\"seconds\": 7.5, \"held_out_rows\": 180}");
    Files.writeString(
        folder.resolve("evaluation.json"),
        "{\"accuracy\": 0.75, \"agreement\": 0.99, \"compute\": 0.5, \"seconds\": 0.25,"
            + " \"compute_of_checkpoint\": 0.125, \"full_depth_accuracy\": 0.8, \"exits\": ["
            + "{\"layer\": 1, \"head_accuracy\": 0.6}, {\"layer\": 2, \"head_accuracy\": 0.7},"
            + "{\"layer\": 3, \"head_accuracy\": 0.8}]}");
    launcher(
        "command=$1",
        "while [ $# -gt 0 ]; do",
        "  case $1 in --output) output=$2;; --report) report=$2;; esac",
        "  shift",
        "done",
        "if [ $command = tune ] && [ -f " + folder.resolve("full") + " ]; then",
        "  echo 'The disk is full.'",
        "  exit 2",
        "fi",
        "mkdir -p $report",
        "if [ $command = evaluate ]; then",
        "  cp " + folder.resolve("evaluation.json") + " $report",
        "else",
        "  cp -r " + fitted + " $output && cp " + folder.resolve("fit.json") + " $report",
        "fi");
  }

  private int run(String... more) {
    out = new StringWriter();
    err = new StringWriter();
    List<String> args = new ArrayList<>(List.of("--model", model.toString()));
    args.addAll(List.of("--data", folder.resolve("data").toString(), "--datasets", "tiny"));
    args.addAll(List.of("--work", folder.resolve("work").toString()));
    args.addAll(List.of("--output", folder.resolve("results").toString()));
    args.addAll(List.of("--adept", launcher.toString(), "--max-disagreement", "0.05"));
    args.addAll(List.of("--turn-seconds", "0"));
    args.addAll(List.of(more));
    return new CommandLine(new RealBenchmark())
        .setOverwrittenOptionsAllowed(true)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args.toArray(new String[0]));
  }

  private JsonNode result() throws IOException {
    JsonNode results = new ObjectMapper().readTree(folder.resolve("results/results.json").toFile());
    return results.required("dataSets").get(0);
  }

  @Test
  void aBenchmarkThatFailedGoesOnWhereItWas() throws IOException {
    copyingLauncher();
    Files.createFile(folder.resolve("full"));
    assertNotEquals(0, run("--skip", "tfidf"));
    assertTrue(err.toString().contains("exit code 2: The disk is full."), err.toString());
    assertFalse(Files.exists(folder.resolve("results")), "a data set with all its steps only");

    Files.delete(folder.resolve("full"));
    Files.writeString(calls, "");
    assertEquals(0, run("--skip", "tfidf"), err.toString());
    assertEquals(List.of("tune", "evaluate"), Files.readAllLines(calls));
    assertTrue(err.toString().contains("tiny: full-depth: done before"), err.toString());
    assertTrue(result().at("/tune/interrupted").asBoolean());
    assertFalse(result().at("/fit/interrupted").asBoolean());
    assertEquals(7.5, result().at("/fit/result/fitSeconds").asDouble());
    assertEquals(0.125, result().at("/tuned/result/compute").asDouble());
    assertEquals(3, result().at("/tuned/result/reference").asInt());
    assertEquals(0.8, result().at("/tuned/result/exits/2/accuracy").asDouble());
    assertTrue(out.toString().contains("| fitted, tuned | 3 (80.00 %) | 75.00 % |"), "" + out);

    Files.writeString(calls, "");
    assertEquals(0, run("--skip", "tfidf"), err.toString());
    assertEquals(List.of(), Files.readAllLines(calls));

    assertEquals(0, run("--skip", "tfidf,tuned", "--train-rows", "tiny=300"), err.toString());
    assertEquals(List.of("fit", "evaluate"), Files.readAllLines(calls), "other rows: all anew");
    assertTrue(result().required("tuned").isNull());
  }

  @Test
  void theRealCommandsUnderstandWhatTheyAreTold() throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    assertTrue(classes.contains(File.pathSeparator));
    launcher(
        String.join(
            " ",
            "exec",
            java,
            "@" + Path.of("..", "conf", "jvm-options").toAbsolutePath(),
            "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx1g -cp",
            "'" + classes + "'",
            Adept.class.getName(),
            "\"$@\""));

    assertEquals(0, run("--skip", "tuned", "--max-tokens", "tiny=40"), err.toString());
    assertEquals(List.of("fit", "evaluate"), Files.readAllLines(calls));
    JsonNode result = result();
    assertEquals(60, result.at("/fullDepth/result/test/rows").asLong());
    assertTrue(result.at("/tfIdf/result/accuracy").asDouble() > 0.9, result.toString());
    JsonNode readOuts = result.at("/readOuts/result/readOuts");
    assertEquals(6, readOuts.size());
    for (JsonNode readOut : readOuts) {
      double accuracy = readOut.required("accuracy").asDouble();
      assertTrue(accuracy > 0.6 && accuracy <= 1, readOuts.toString());
    }
    assertEquals(1, readOuts.get(2).required("compute").asDouble());
    JsonNode fitted = result.at("/frozen/result");
    assertTrue(fitted.required("accuracy").asDouble() > 0.6, fitted.toString());
    double compute = fitted.required("compute").asDouble();
    assertTrue(compute > 0 && compute < 1.1, fitted.toString());
    assertTrue(result.at("/fit/result/calibrationRows").asLong() > 90, result.toString());
    assertTrue(Files.size(folder.resolve("results/results.svg")) > 0);
    assertEquals(
        out.toString().lines().filter(line -> line.startsWith("| ")).toList(),
        Files.readString(folder.resolve("results/results.md"))
            .lines()
            .filter(line -> line.startsWith("| "))
            .toList());
  }

  @Test
  void whatCannotBeDoneIsToldBeforeTheWork() throws IOException {
    copyingLauncher();
    assertNotEquals(0, run("--skip", "tuning"));
    assertTrue(err.toString().contains("but not 'tuning'"), err.toString());
    assertNotEquals(0, run("--train-rows", "agnews=3"));
    assertTrue(err.toString().contains("'agnews' is none of the data sets [tiny]"), "" + err);
    assertNotEquals(0, run("--max-disagreement", "0.001"));
    assertTrue(err.toString().contains("tiny has 400 train rows"), err.toString());
    model = folder.resolve("fitted");
    assertNotEquals(0, run());
    assertTrue(err.toString().contains("has exits already"), err.toString());
    assertFalse(Files.exists(calls));
  }
}
