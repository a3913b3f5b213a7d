package org.sparkadept.benchmarks.pytorch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.benchmarks.measure.Rounds.Spread;
import org.sparkadept.benchmarks.pytorch.Results.Measurement;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.result.Classifications;

/** A shell script answers as PyTorch, so that these tests run where there is none. */
class ComparisonTest {
  private static final ModelSize SIZE = ModelSize.parse("3x64");
  private static final ComputeOptions CPU = ComputeOptions.defaults().withBackend("cpu");
  private static final Settings SETTINGS =
      new Settings("cpu", Map.of(), true, 2, 3, 0, 0, false, 500);
  private static final Roofs ROOFS = new Roofs(1e9, Map.of("f32", new Roofs.Product(512, 1e11)));

  @TempDir private Path folder;
  private Workload workload;

  @BeforeEach
  void write() throws IOException {
    RandomModel.write(folder, SIZE, 1);
    byte[][] texts = RandomModel.rows(40, 10, 1);
    RandomExits.write(folder, SIZE, texts, 0.5, 1, CPU);
    workload = Workload.of("3x64", "exits set", folder, texts, folder.resolve("rows"));
  }

  private double[][] logits(ClassifierOptions options) {
    try (LoadedModel model = LoadedModel.open(folder, CPU)) {
      Classifications answers = model.classifier(options).classify(workload.rows(), true);
      double[][] logits = new double[answers.size()][];
      Arrays.setAll(logits, row -> Agreement.logits(answers.probabilities(row)));
      return logits;
    }
  }

  /** A process that takes half a second for the rows and has these logits. */
  private PyTorch pyTorch(double[][] fullDepth, double[][] atExits) throws IOException {
    Path python = folder.resolve("python");
    Files.writeString(
        python,
        "#!/bin/sh\n"
            + "while read -r line; do case $line in\n"
            + "*'\"exits\":null'*) echo '{\"logits\":"
            + Arrays.deepToString(fullDepth)
            + "}';;\n"
            + "*'\"exits\"'*) echo '{\"logits\":"
            + Arrays.deepToString(atExits)
            + "}';;\n"
            + "*) echo '{\"seconds\":0.5,\"batch_tokens\":500,\"padding\":0.25}';;\n"
            + "esac; done\n");
    assumeTrue(python.toFile().setExecutable(true), "no file can be made executable here");
    return new PyTorch(python.toString(), folder, "cpu", 1);
  }

  private Results run(double[][] fullDepth, double[][] atExits) throws Exception {
    try (PyTorch pyTorch = pyTorch(fullDepth, atExits)) {
      return new Comparison(workload, Precision.F32, SETTINGS, pyTorch, ROOFS).run();
    }
  }

  private double[][] fullDepth() {
    return logits(ClassifierOptions.defaults().atFullDepth());
  }

  @Test
  void linesAreWhatTheRoundsGave() throws Exception {
    Results results = run(fullDepth(), logits(ClassifierOptions.defaults()));

    assertEquals(500, results.batchTokens());
    assertEquals(0.25, results.padding());
    Measurement none = results.measurements().get(0);
    Measurement pyTorch = results.measurements().get(1);
    Measurement adept = results.measurements().get(2);
    assertEquals(80, pyTorch.rowsPerSecond().median());
    assertEquals(1, pyTorch.speedup().median());
    assertEquals(0.5 / Spread.of(none.seconds()).median(), none.speedup().median(), 1e-9);
    assertEquals(Comparison.NONE_AIM, none.aim());
    assertEquals(Comparison.ADEPT_AIM, adept.aim());
    assertEquals(Map.of(3, 40), none.exits());
    assertEquals(Map.of(1, 20, 2, 10, 3, 10), adept.exits());
    assertEquals(1.75, adept.meanExitLayer());
    assertEquals(none.flops(), pyTorch.flops());
    assertEquals(pyTorch.flops() / 0.5, pyTorch.flopsPerSecond());
    assertTrue(adept.flops() < none.flops() && adept.bytes() < none.bytes());
  }

  @Test
  void aDifferenceAtFullDepthFails() {
    double[][] wrong = fullDepth();
    wrong[39][2] += 0.1;

    AdeptException e =
        assertThrows(AdeptException.class, () -> run(wrong, logits(ClassifierOptions.defaults())));

    assertTrue(e.getMessage().startsWith("Policy none in F32"), e.getMessage());
    assertTrue(e.getMessage().contains("row 39"), e.getMessage());
  }

  @Test
  void aDifferenceAtAnExitFails() {
    double[][] wrong = logits(ClassifierOptions.defaults());
    wrong[7][0] -= 0.1;

    AdeptException e = assertThrows(AdeptException.class, () -> run(fullDepth(), wrong));

    assertTrue(e.getMessage().startsWith("ADEPT in F32"), e.getMessage());
    assertTrue(e.getMessage().contains("row 7 "), e.getMessage());
  }
}
