package org.sparkadept.decoder.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.tensor.DType;

/**
 * Logits of tiny random models of all families are those of Transformers, within {@value
 * #TOLERANCE} of a row's largest. The figures are from {@code
 * decoder/src/test/python/transformers_logits.py}; a configuration in the layout of an earlier
 * release must mean the same.
 */
class TransformersLogitsTest {
  private static final double TOLERANCE = 1e-4;
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path directory;

  static Stream<Arguments> cases() throws IOException {
    JsonNode all;
    try (InputStream in =
        TransformersLogitsTest.class.getResourceAsStream("transformers_logits.json")) {
      all = JSON.readTree(in);
    }
    List<Arguments> cases = new ArrayList<>();
    for (Map.Entry<String, JsonNode> made : all.properties()) {
      for (String layout : List.of("config", "older")) {
        for (String backend : List.of("reference", "cpu")) {
          cases.add(Arguments.of(made.getKey(), layout, backend, made.getValue()));
        }
      }
    }
    assertTrue(cases.size() > 4 * 15, "cases");
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}, {1} on {2}")
  @MethodSource("cases")
  void logitsAreThoseOfTransformers(String name, String layout, String backend, JsonNode made)
      throws IOException {
    write(made.get(layout).deepCopy(), made.get("tensors"), made.get("logits").get(0).size());
    int[][] rows = JSON.convertValue(made.get("rows"), int[][].class);
    double[][] expected = JSON.convertValue(made.get("logits"), double[][].class);
    try (BackendModel loaded = BackendModel.open(directory, backend)) {
      loaded.begin(rows);
      int[] all = IntStream.range(0, rows.length).toArray();
      float[][] found = loaded.advance(0, loaded.config().layers(), all);
      for (int row = 0; row < rows.length; row++) {
        double largest = Arrays.stream(expected[row]).map(Math::abs).max().orElseThrow();
        for (int i = 0; i < expected[row].length; i++) {
          String where = name + ", row " + row + ", label " + i;
          assertEquals(expected[row][i], found[row][i], TOLERANCE * largest, where);
        }
      }
    }
  }

  private void write(ObjectNode config, JsonNode tensors, int labels) throws IOException {
    for (int label = 0; label < labels; label++) {
      config.withObject("/id2label").put(Integer.toString(label), "label " + label);
    }
    JSON.writeValue(directory.resolve("config.json").toFile(), config);
    Files.writeString(directory.resolve("tokenizer.json"), "{}");
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Map.Entry<String, JsonNode> tensor : tensors.properties()) {
      int[] shape = JSON.convertValue(tensor.getValue(), int[].class);
      writer.add(tensor.getKey(), DType.F32, values(tensor.getKey(), shape), shape);
    }
    writer.write(directory.resolve("model.safetensors"));
  }

  /** The same numbers as in the script. */
  private static float[] values(String name, int... shape) {
    Random random = new Random(name.hashCode());
    float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      double draw = (random.nextInt(255) - 127) / 128.0;
      if (shape.length == 2) {
        values[i] = (float) (draw * 2 / Math.sqrt(shape[1]));
      } else {
        values[i] = (float) ((name.endsWith(".weight") ? 1 : 0) + draw / 4);
      }
    }
    return values;
  }
}
