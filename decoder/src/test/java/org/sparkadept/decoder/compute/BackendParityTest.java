package org.sparkadept.decoder.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyFamilies;
import org.sparkadept.decoder.fixture.WeightType;
import org.sparkadept.decoder.oracle.HuggingFaceOracle;

/**
 * Every backend on every family answers as an independent double-precision implementation does: the
 * logits of every exit within {@value #TOLERANCE} of the row's largest.
 */
class BackendParityTest {
  private static final double TOLERANCE = 1e-4;
  private static final int LAYERS = 3;

  @TempDir Path directory;

  static Stream<Arguments> modelsAndBackends() {
    Map<String, TinyCheckpoint> models = new LinkedHashMap<>();
    models.put("llama, grouped heads", TinyCheckpoint.llama());
    models.put("llama, odd shapes", TinyCheckpoint.llama().width(20).heads(3, 3, 14).mlpWidth(37));
    models.put("llama, one key head", TinyCheckpoint.llama().heads(5, 1, 8).untied());
    models.put("llama, biases", TinyCheckpoint.llama().attentionBias().mlpBias());
    models.put("llama, llama3 scaling", TinyCheckpoint.llama().llama3Scaling());
    models.put("llama, linear scaling", TinyCheckpoint.llama().linearScaling(4));
    models.put("llama, shards, bf16", TinyCheckpoint.llama().shards(3).weightType(WeightType.BF16));
    models.put("llama, f16, no prefix", TinyCheckpoint.llama().weightType(WeightType.F16));
    models.put("mistral, window", TinyCheckpoint.mistral());
    models.put("qwen2", TinyCheckpoint.qwen2());
    models.put("qwen3", TinyCheckpoint.qwen3());
    models.put("gpt2", TinyCheckpoint.gpt2());
    models.put("gpt2, shards, no prefix", TinyCheckpoint.gpt2().shards(2).withoutPrefix());
    models.putAll(TinyFamilies.all());
    List<Arguments> cases = new ArrayList<>();
    for (Map.Entry<String, TinyCheckpoint> model : models.entrySet()) {
      for (String backend : List.of("reference", "cpu")) {
        cases.add(Arguments.of(model.getKey(), backend, model.getValue()));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("modelsAndBackends")
  void everyExitMatchesTheOracle(String name, String backend, TinyCheckpoint checkpoint)
      throws IOException {
    checkpoint.layers(LAYERS).positions(160).seed(TestSeed.value());
    checkpoint.adept(TinyAdept.confidence(0.9, 1, 2, 3).withMeans(1, 2)).write(directory);
    try (BackendModel loaded = BackendModel.open(directory, backend)) {
      int[][] rows = loaded.randomRows(TestSeed.random(), 1, 2, 15, 16, 17, 63, 64, 65, 140);
      loaded.begin(rows);
      int[] all = IntStream.range(0, rows.length).toArray();
      for (int exit = 1; exit <= LAYERS; exit++) {
        float[][] found = loaded.advance(exit - 1, exit, all);
        for (int row = 0; row < rows.length; row++) {
          double[] expected = HuggingFaceOracle.exitLogits(directory, rows[row], exit);
          String where = name + ", row " + row + ", exit " + exit;
          assertClose(expected, found[row], where);
        }
      }
    }
  }

  static Stream<Arguments> familiesAndBackends() {
    return TinyFamilies.all().entrySet().stream()
        .flatMap(
            family ->
                Stream.of("reference", "cpu")
                    .map(backend -> Arguments.of(family.getKey(), backend, family.getValue())));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("familiesAndBackends")
  void everyExitMatchesTheOracleInRandomShapes(
      String name, String backend, TinyCheckpoint checkpoint) throws IOException {
    Random random = TestSeed.random();
    int kvHeads = 1 + random.nextInt(3);
    int heads = name.startsWith("modernbert") ? kvHeads : kvHeads * (1 + random.nextInt(3));
    int headDim = 4 * (1 + random.nextInt(4)); // Half of a head is turned in one of the families.
    checkpoint.heads(heads, kvHeads, headDim).width(11 + random.nextInt(40));
    checkpoint.mlpWidth(5 + random.nextInt(40));
    everyExitMatchesTheOracle(name, backend, checkpoint);
  }

  private static void assertClose(double[] expected, float[] found, String where) {
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], TOLERANCE * largest, where + ", label " + i);
    }
  }
}
