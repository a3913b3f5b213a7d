package org.sparkadept.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.compute.BackendModel;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

/**
 * Whole models of every family answer as the reference does: the logits of every exit within the
 * {@linkplain Arithmetic#tolerance tolerance} of the row's largest, on fresh random weights and
 * rows in every run. In half precision the checkpoint's weights are rounded, so that both have the
 * same.
 */
class ModelParityTest {
  private static final int LAYERS = 3;

  @TempDir Path directory;

  static Stream<Arguments> models() {
    Map<String, TinyCheckpoint> models = new LinkedHashMap<>();
    models.put("llama, grouped heads", TinyCheckpoint.llama());
    models.put("llama, odd shapes", TinyCheckpoint.llama().width(20).heads(3, 3, 14).mlpWidth(37));
    models.put("llama, one key head", TinyCheckpoint.llama().heads(5, 1, 8).untied());
    models.put("llama, wide", TinyCheckpoint.llama().width(96).heads(4, 2, 72).mlpWidth(130));
    models.put("llama, biases", TinyCheckpoint.llama().attentionBias().mlpBias());
    models.put("llama, llama3 scaling", TinyCheckpoint.llama().llama3Scaling());
    models.put("mistral, window", TinyCheckpoint.mistral());
    models.put("qwen2", TinyCheckpoint.qwen2());
    models.put("qwen3", TinyCheckpoint.qwen3());
    models.put("gpt2", TinyCheckpoint.gpt2());
    List<Arguments> cases = new ArrayList<>();
    for (Arithmetic arithmetic : Arithmetic.values()) {
      models.forEach((name, model) -> cases.add(Arguments.of(name, arithmetic, model)));
    }
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("models")
  void everyExitIsThatOfTheReference(String name, Arithmetic arithmetic, TinyCheckpoint checkpoint)
      throws IOException {
    arithmetic.orSkip();
    checkpoint.layers(LAYERS).positions(160).seed(TestSeed.value());
    checkpoint.weightType(arithmetic.weightType());
    checkpoint.adept(TinyAdept.confidence(0.9, 1, 2, 3)).write(directory);
    try (BackendModel reference = BackendModel.open(directory, "reference");
        BackendModel tested = BackendModel.open(directory, arithmetic.options())) {
      int[][] rows =
          reference.randomRows(TestSeed.random(), 1, 2, 15, 16, 17, 63, 64, 65, 140, 1, 66);
      int[] all = IntStream.range(0, rows.length).toArray();
      reference.begin(rows);
      tested.begin(rows);
      for (int exit = 1; exit <= LAYERS; exit++) {
        float[][] expected = reference.advance(exit - 1, exit, all);
        float[][] found = tested.advance(exit - 1, exit, all);
        for (int row = 0; row < rows.length; row++) {
          String where = name + ", row " + row + ", exit " + exit;
          assertClose(expected[row], found[row], arithmetic.tolerance(), where);
        }
      }
    }
  }

  private static void assertClose(float[] expected, float[] found, double tolerance, String where) {
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], tolerance * largest, where + ", label " + i);
    }
  }
}
