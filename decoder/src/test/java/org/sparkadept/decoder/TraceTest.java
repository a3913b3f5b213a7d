package org.sparkadept.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.exit.ExitHead.Input;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.ExitTrace;

/** A trace tells of every exit what classification finds there. */
class TraceTest {
  @TempDir Path directory;

  private static byte[][] texts(String... texts) {
    byte[][] utf8 = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      utf8[i] = texts[i] == null ? null : texts[i].getBytes(StandardCharsets.UTF_8);
    }
    return utf8;
  }

  @Test
  void whatARowSaysAndCostsAtItsExitIsInItsTrace() throws IOException {
    TinyAdept adept = TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(0.5, 1, 2);
    TinyCheckpoint.llama().labels("a", "b", "c").adept(adept).write(directory);
    byte[][] rows = texts("some text", "another, longer text", null, "x y z", "", "pqrstuv");
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      Classifications answers = classifier.classify(rows);
      ExitTrace[] traces = classifier.trace(rows, true);
      assertNull(traces[2]);
      assertNull(traces[4]);
      boolean early = false;
      for (int row : new int[] {0, 1, 3, 5}) {
        ExitTrace trace = traces[row];
        int exit = trace.exitAt(0.5f);
        assertEquals(3, trace.exits());
        assertEquals(answers.exitLayer(row), trace.readouts()[exit].layer());
        assertEquals(answers.labelIndex(row), trace.readouts()[exit].label());
        assertEquals(answers.score(row), trace.readouts()[exit].probability(), 1e-6);
        assertEquals(answers.flops(row), trace.flops()[exit]);
        assertEquals(answers.fullDepthFlops(row), trace.fullDepthFlops());
        assertTrue(Float.isNaN(trace.preferences()[2]));
        for (int at = 0; at < 3; at++) {
          float[] probabilities = trace.probabilities()[at];
          float sum = probabilities[0] + probabilities[1] + probabilities[2];
          assertEquals(1, sum, 1e-5);
          int label = trace.readouts()[at].label();
          assertEquals(trace.readouts()[at].probability(), probabilities[label], 1e-6);
        }
        early |= exit < 2;
      }
      assertTrue(early);
    }
  }

  /** Where no token leaves, what a row costs at an exit is known from its length. */
  @Test
  void aRowCostsAtItsExitWhatTheCountSays() throws IOException {
    TinyCheckpoint.llama()
        .labels("a", "b", "c")
        .adept(TinyAdept.of("confidence", 0.5, 1, 2, 3))
        .write(directory);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      ClassifierOptions options =
          ClassifierOptions.defaults().withPolicy(PolicyKind.CONFIDENCE, 0.5f);
      RowCost cost = new RowCost(model.config(), 3);
      Input[] inputs = {Input.CLASS_TOKEN, Input.CLASS_TOKEN, Input.CLASS_TOKEN};
      for (ExitTrace trace :
          model.classifier(options).trace(texts("some text", "x", "a longer one"), false)) {
        assertArrayEquals(
            trace.flops(), cost.exits(trace.tokens(), new int[] {0, 1, 2}, inputs, 3));
        assertEquals(trace.fullDepthFlops(), cost.fullDepth(trace.tokens(), 3, Input.CLASS_TOKEN));
      }
    }
  }

  @Test
  void atFullDepthThereIsOneExit() throws IOException {
    TinyCheckpoint.gpt2().labels("a", "b").write(directory);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      ExitTrace trace = classifier.trace(texts("a text"), false)[0];
      assertEquals(1, trace.exits());
      assertEquals(1, trace.cost(0), 0);
      assertNull(trace.probabilities());
      assertTrue(trace.finite());
    }
  }
}
