package org.sparkadept.benchmarks.pytorch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import picocli.CommandLine;

class PyTorchBenchmarkTest {
  private static final String PYTHON =
      Objects.requireNonNullElse(System.getenv("BENCHMARK_PYTHON"), "python3");

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... more) {
    List<String> args = new ArrayList<>(List.of("--output", folder.resolve("out").toString()));
    args.addAll(List.of(more));
    return new CommandLine(new PyTorchBenchmark())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .setExecutionExceptionHandler(
            (exception, command, arguments) -> {
              err.write(exception.getMessage());
              return exception instanceof AdeptException ? 1 : 2;
            })
        .execute(args.toArray(new String[0]));
  }

  private JsonNode results() throws IOException {
    Path file = folder.resolve("out/results.json");
    return new ObjectMapper().readTree(Files.readAllBytes(file)).get("results");
  }

  /** A shell script in the place of Python. */
  private String fakePython(String script) throws IOException {
    Path file = folder.resolve("python");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assumeTrue(file.toFile().setExecutable(true), "no file can be made executable here");
    return file.toString();
  }

  private static void assumePyTorch() throws IOException, InterruptedException {
    int code;
    try {
      code =
          new ProcessBuilder(PYTHON, "-c", "import torch")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
    } catch (IOException e) {
      code = 1;
    }
    assumeTrue(code == 0, PYTHON + " has no PyTorch; BENCHMARK_PYTHON names one that has");
  }

  private static final String[] QUICK = {
    "--backend",
    "cpu",
    "--python",
    PYTHON,
    "--rounds",
    "3",
    "--turn",
    "0.05",
    "--warm-up",
    "0",
    "--threads",
    "2",
    "--batch-tokens",
    "500"
  };

  private static String[] with(String... more) {
    List<String> all = new ArrayList<>(List.of(QUICK));
    all.addAll(List.of(more));
    return all.toArray(new String[0]);
  }

  @Test
  void bothSidesAgreeAndAreTimedOnModelsOfRandomWeights() throws Exception {
    assumePyTorch();

    assertEquals(
        0, run(with("--sizes", "2x128,3x64", "--rows", "50", "--tokens", "12")), err.toString());

    assertEquals(2, results().size());
    for (JsonNode result : results()) {
      assertEquals(50, result.get("rows").asInt());
      List<String> names =
          StreamSupport.stream(result.get("measurements").spliterator(), false)
              .map(measurement -> measurement.get("contestant").asText())
              .toList();
      assertEquals(List.of("cpu, none", "PyTorch, full depth", "cpu, ADEPT"), names);
      for (JsonNode measurement : result.get("measurements")) {
        assertEquals(3, measurement.get("seconds").size());
        assertTrue(measurement.get("speedup").get("median").asDouble() > 0);
        assertTrue(measurement.get("agreement").get("difference").asDouble() < 1e-4);
        assertEquals(1, measurement.get("agreement").get("sameLabel").asDouble());
      }
      JsonNode exits = result.get("measurements").get(2).get("exits");
      assertEquals(25, exits.get("1").asInt());
    }
    assertTrue(out.toString().contains("| PyTorch, full depth |"), out.toString());
    assertTrue(out.toString().contains("| memory, a copy |"), out.toString());
  }

  @Test
  void aFittedModelKeepsItsOwnExits() throws Exception {
    assumePyTorch();
    Path model =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .adept(TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(0.5, 1))
            .write(Files.createDirectory(folder.resolve("model")));
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      lines.append("{\"text\":\"the text ").append(i * i).append("\"}\n{\"text\":\"\"}\n");
    }
    Path texts = Files.writeString(folder.resolve("texts.jsonl"), lines);

    int code = run(with("--model", model.toString(), "--texts", texts.toString()));

    assertEquals(0, code, err.toString());
    assertEquals(1, results().size());
    assertEquals(30, results().get(0).get("rows").asInt());
    assertTrue(out.toString().contains("policy and threshold of adept.json"), out.toString());
  }

  @Test
  void pyTorchThatComputesSomethingElseFailsTheRun() throws Exception {
    assumePyTorch();
    ModelSize size = ModelSize.parse("2x64");
    RandomModel.write(folder, size, 1);
    byte[][] texts = RandomModel.rows(20, 10, 1);
    ComputeOptions cpu = ComputeOptions.defaults().withBackend("cpu");
    RandomExits.write(folder, size, texts, 0.5, 1, cpu);
    Workload workload = Workload.of("2x64", "", folder, texts, folder.resolve("rows"));
    // The rows that PyTorch reads are not those that the engine has.
    byte[][] others = RandomModel.rows(20, 10, 2);
    Workload.of("2x64", "", folder, others, folder.resolve("rows"));
    Settings settings = new Settings("cpu", Map.of(), false, 1, 3, 0, 0, false, 500);

    try (PyTorch pyTorch = new PyTorch(PYTHON, folder, "cpu", 1)) {
      Roofs roofs = new Roofs(1, Map.of());
      Comparison comparison = new Comparison(workload, Precision.F32, settings, pyTorch, roofs);
      AdeptException e = assertThrows(AdeptException.class, comparison::run);
      assertTrue(e.getMessage().contains("does not compute what PyTorch computes"), e.toString());
    }
  }

  @Test
  void aPythonWithoutPyTorchIsTold() throws IOException {
    String python = fakePython("echo '{\"error\": \"no torch here\"}'");

    assertEquals(1, run("--backend", "cpu", "--sizes", "2x64", "--python", python));
    assertTrue(err.toString().contains("PyTorch: no torch here"), err.toString());
  }

  @Test
  void noPythonAndOneThatAnswersNothingAreTold() throws IOException {
    String nowhere = folder.resolve("nowhere").toString();
    assertEquals(1, run("--backend", "cpu", "--sizes", "2x64", "--python", nowhere));
    assertTrue(err.toString().contains("There is no Python interpreter"), err.toString());

    String silent = fakePython("exit 3");
    assertEquals(1, run("--backend", "cpu", "--sizes", "2x64", "--python", silent));
    assertTrue(err.toString().contains("ended without an answer"), err.toString());

    String chatty = fakePython("read line; echo hello");
    assertEquals(1, run("--backend", "cpu", "--sizes", "2x64", "--python", chatty));
    assertTrue(err.toString().contains("answers 'hello', which is no JSON"), err.toString());
  }

  @Test
  void aGpuThatPyTorchDoesNotFindIsTold() throws Exception {
    assumePyTorch();
    int cuda =
        new ProcessBuilder(
                PYTHON, "-c", "import sys, torch; sys.exit(0 if torch.cuda.is_available() else 1)")
            .start()
            .waitFor();
    assumeTrue(cuda != 0, "PyTorch finds a GPU here");

    assertEquals(1, run(with("--sizes", "2x64", "--torch-device", "cuda")));
    assertTrue(err.toString().contains("finds no CUDA device"), err.toString());
  }

  @Test
  void optionsThatCannotBeAreRefusedBeforeAnythingRuns() {
    String[][] wrong = {
      {"--sizes", "8by3"},
      {"--rounds", "2"},
      {"--rows", "0"},
      {"--exit-share", "1"},
      {"--model", "somewhere"},
      {"--threads", "0"},
      {"--torch-device", "tpu"},
      {"--backend", "auto"},
      {"--backend", "xyz"},
      {"--precisions", "f8"},
      {"--precisions", "f16"},
      {"--conf", "spark.adept.gpu.nothing=1"}
    };
    String[] expected = {
      "for instance 8x256",
      "--rounds must be at least 3",
      "--rows and --tokens must be above 0",
      "--exit-share must lie between 0 and 1",
      "--model and --texts belong together",
      "--threads must be above 0",
      "--torch-device is cuda or cpu",
      "--backend names one",
      "spark.adept.compute.backend must be auto, cpu, reference or tornadovm, but is 'xyz'",
      "A precision is f32 or f16",
      "computes in f32 only",
      "There is no configuration key spark.adept.gpu.nothing"
    };
    for (int i = 0; i < wrong.length; i++) {
      err.getBuffer().setLength(0);
      List<String> args = new ArrayList<>(List.of(wrong[i]));
      if (!args.contains("--backend")) {
        args.addAll(List.of("--backend", "cpu"));
      }
      assertNotEquals(0, run(args.toArray(new String[0])));
      assertTrue(err.toString().contains(expected[i]), err.toString());
    }
    assertTrue(Files.notExists(folder.resolve("out")));
  }
}
