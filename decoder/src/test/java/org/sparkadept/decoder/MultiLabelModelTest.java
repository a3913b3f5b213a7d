package org.sparkadept.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.result.LabelSet;

/** A model whose rows may have several labels, from texts to answers, on both backends. */
class MultiLabelModelTest {
  private static final double TOLERANCE = 1e-4;
  private static final int ROWS = 60;
  private static final int[] EXITS = {1, 3, 5};
  private static final String[] LABELS = {"a", "b", "c", "d"};
  private static final double[] THRESHOLDS = {0.3, 0.5, 0.6, 0.8};

  @TempDir Path directory;

  private void write(TinyAdept adept) throws IOException {
    TinyCheckpoint.llama()
        .layers(5)
        .positions(100)
        .seed(TestSeed.value())
        .adept(adept)
        .write(directory);
    TinyAdept.makeMultiLabel(directory, THRESHOLDS);
  }

  private static byte[][] texts() {
    Random random = TestSeed.random();
    byte[][] texts = new byte[ROWS][];
    for (int row = 0; row < ROWS; row++) {
      texts[row] = new byte[1 + random.nextInt(60)];
      for (int i = 0; i < texts[row].length; i++) {
        texts[row][i] = (byte) ('a' + random.nextInt(26));
      }
    }
    return texts;
  }

  private LoadedModel open(String backend) {
    return LoadedModel.open(directory, ComputeOptions.defaults().withBackend(backend));
  }

  @ParameterizedTest
  @EnumSource(
      value = PolicyKind.class,
      names = {"NONE", "ADEPT", "CONFIDENCE", "ENTROPY", "PATIENCE"})
  void theCpuAnswersAsTheReference(PolicyKind policy) throws IOException {
    write(TinyAdept.of("adept", 0.7, 1, 3, 5).withLabels(LABELS).withEnsemble());
    float threshold = policy == PolicyKind.ENTROPY ? 0.3f : 0.6f;
    ClassifierOptions options =
        ClassifierOptions.defaults()
            .withPolicy(policy, policy == PolicyKind.NONE ? Float.NaN : threshold);
    byte[][] texts = texts();
    try (LoadedModel reference = open("reference");
        LoadedModel cpu = open("cpu")) {
      Classifications expected = reference.classifier(options).classify(texts, true);
      Classifications found = cpu.classifier(options).classify(texts, true);
      int compared = 0;
      boolean several = false;
      for (int row = 0; row < ROWS; row++) {
        String where = "row " + row;
        assertTrue(found.scored(row), where);
        if (expected.exitLayer(row) == found.exitLayer(row)) {
          compared++;
          assertArrayEquals(
              expected.probabilities(row), found.probabilities(row), (float) TOLERANCE, where);
          assertAnswer(found, row, where);
        }
        several |= found.labels(row).size() > 1;
      }
      // A preference at the threshold may differ by rounding; hardly any row's is there.
      assertTrue(compared >= ROWS - 1, compared + " rows left after the same layer");
      assertTrue(several, "some row has several labels");
    }
  }

  /** The answer is what the probabilities and the thresholds say. */
  private static void assertAnswer(Classifications answers, int row, String where) {
    float[] probabilities = answers.probabilities(row);
    LabelSet labels = answers.labels(row);
    int top = -1;
    for (int label = 0; label < LABELS.length; label++) {
      boolean reached = probabilities[label] >= (float) THRESHOLDS[label];
      assertEquals(reached, labels.contains(label), where);
      top = reached && (top < 0 || probabilities[label] > probabilities[top]) ? label : top;
    }
    assertEquals(top, answers.labelIndex(row), where);
    for (int i = 0; i < labels.size(); i++) {
      assertEquals(probabilities[labels.get(i)], answers.scores(row)[i], where);
    }
    if (top < 0) {
      assertNull(answers.label(row), where);
    } else {
      assertEquals(LABELS[top], answers.label(row), where);
      assertEquals(probabilities[top], answers.score(row), where);
    }
  }

  @Test
  void aRowExitsOnceAllItsLabelsAreSettled() throws IOException {
    write(TinyAdept.of("confidence", 0.7, 1, 3, 5).withLabels(LABELS));
    byte[][] texts = texts();
    try (LoadedModel model = open("cpu")) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      ExitTrace[] traces = classifier.trace(texts, true);
      Classifications answers = classifier.classify(texts);
      boolean early = false;
      for (int row = 0; row < ROWS; row++) {
        int exit = 0;
        while (exit < EXITS.length - 1 && !allSettled(traces[row].probabilities()[exit])) {
          exit++;
        }
        early |= exit < EXITS.length - 1;
        ExitReadout readout = traces[row].readouts()[exit];
        assertEquals(EXITS[exit], answers.exitLayer(row), "row " + row);
        assertEquals(readout.labels(), answers.labels(row), "row " + row);
      }
      assertTrue(early);
    }
  }

  /** Whether each label's odds are 7 to 3 on its side of the threshold. */
  private static boolean allSettled(float[] probabilities) {
    boolean settled = true;
    for (int label = 0; label < LABELS.length; label++) {
      double odds = probabilities[label] / (1.0 - probabilities[label]);
      double moved = odds / (THRESHOLDS[label] / (1 - THRESHOLDS[label]));
      settled &= Math.max(moved, 1 / moved) >= 0.7 / 0.3;
    }
    return settled;
  }

  @Test
  void withoutLabelsARowIsAnsweredAllTheSame() throws IOException {
    write(TinyAdept.of("none", 0.5, 5).withLabels(LABELS));
    TinyAdept.makeMultiLabel(directory, DoubleStream.generate(() -> 0.9999999).limit(4).toArray());
    try (LoadedModel model = open("cpu")) {
      Classifications answers =
          model.classifier(ClassifierOptions.defaults()).classify(texts(), true);
      for (int row = 0; row < ROWS; row++) {
        assertTrue(answers.scored(row));
        assertEquals(LabelSet.NONE, answers.labels(row));
        assertNull(answers.label(row));
        assertEquals(5, answers.exitLayer(row));
      }
    }
  }
}
