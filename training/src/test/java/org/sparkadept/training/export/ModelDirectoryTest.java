package org.sparkadept.training.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.oracle.HuggingFaceOracle;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.training.TinyModel;
import org.sparkadept.training.data.EncodedRow;
import org.sparkadept.training.data.LabelSet;
import org.sparkadept.training.evaluate.ExitOutcomes;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.Decoder;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.WeightName;
import org.sparkadept.training.model.Weights;
import org.sparkadept.training.tokenizer.BytePairTrainer;
import org.sparkadept.training.tokenizer.TokenizerFile;

class ModelDirectoryTest {
  private static final ModelShape SHAPE = TinyModel.SHAPE;
  private static final List<String> LABELS = List.of("ale", "rum", "tea");

  @TempDir private Path folder;

  @Test
  void namesTensorsAsHuggingFaceDoesAndReadsThemBack() throws IOException {
    ModelDirectory directory;
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
      Map<String, float[]> values = Weights.initial(manager, SHAPE, 3).values();
      directory = write(values);
      assertEquals(SHAPE, directory.shape());
      assertEquals(LABELS, directory.labels().names());
      Map<String, float[]> read = directory.weights(manager).values();
      for (Map.Entry<String, float[]> entry : values.entrySet()) {
        assertArrayEquals(entry.getValue(), read.get(entry.getKey()), 1e-3f, entry.getKey());
      }
      assertArrayEquals(values.get(WeightName.EXIT_BIAS), read.get(WeightName.EXIT_BIAS));
    }
    try (SafetensorsStore tensors = SafetensorsStore.open(directory.path());
        SafetensorsStore exits =
            SafetensorsStore.openFile(directory.path().resolve("adept.safetensors"))) {
      assertEquals(3 + 9 * SHAPE.layers(), tensors.names().size());
      assertTensor(tensors, "model.layers.1.self_attn.q_proj.weight", DType.F16, 32, 32);
      assertTensor(tensors, "model.layers.1.self_attn.k_proj.weight", DType.F16, 16, 32);
      assertTensor(tensors, "model.layers.1.mlp.down_proj.weight", DType.F16, 32, 48);
      assertTensor(tensors, "model.layers.0.input_layernorm.weight", DType.F16, 32);
      assertTensor(tensors, "score.weight", DType.F16, 3, 32);
      assertEquals(Set.of("exit.1.weight", "exit.1.bias"), exits.names());
      assertTensor(exits, "exit.1.weight", DType.F32, 3, 32);
    }
    byte[] bytes = Files.readAllBytes(directory.path().resolve("model.safetensors"));
    String start = new String(bytes, Long.BYTES, 64, StandardCharsets.UTF_8);
    assertTrue(start.startsWith("{\"__metadata__\":{\"format\":\"pt\"},"), start);
  }

  @Test
  void answersAtEveryExitAsHuggingFaceWould() throws IOException {
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
      ModelDirectory directory = write(Weights.initial(manager, SHAPE, 4).values());
      List<EncodedRow> rows = TinyModel.rows(5, 2);
      Decoder decoder = new Decoder(manager, SHAPE, directory.weights(manager));
      float[] logits = decoder.forward(manager, Batch.of(rows)).exitLogits().toFloatArray();
      for (int exit = 0; exit < SHAPE.layers(); exit++) {
        for (int row = 0; row < rows.size(); row++) {
          int[] tokens = rows.get(row).tokens();
          double[] expected = HuggingFaceOracle.exitLogits(directory.path(), tokens, exit + 1);
          for (int label = 0; label < SHAPE.labels(); label++) {
            int at = (exit * rows.size() + row) * SHAPE.labels() + label;
            assertEquals(expected[label], logits[at], 1e-4, "exit " + exit + ", row " + row);
          }
        }
      }
    }
  }

  @Test
  void thePolicyIsReadAsItWasWritten() throws IOException {
    Map<String, float[]> values = new HashMap<>();
    WeightName.shapes(SHAPE)
        .forEach((name, shape) -> values.put(name, new float[Math.toIntExact(shape.size())]));
    ModelDirectory directory = write(values);
    ExitOutcomes outcomes =
        new ExitOutcomes(new int[] {1}, new int[][] {{0, 1}}, new float[][] {{0.6f, 1}});
    byte[] tensors = Files.readAllBytes(directory.path().resolve("adept.safetensors"));
    directory.writePolicy(outcomes, outcomes.chooseThreshold());
    assertEquals(0.605, directory.confidence().orElseThrow(), 1e-6);
    assertArrayEquals(tensors, Files.readAllBytes(directory.path().resolve("adept.safetensors")));
    String json = Files.readString(directory.path().resolve("adept.json"));
    for (String name : List.of("config.json", "tokenizer.json", "model.safetensors")) {
      assertTrue(json.contains("\"" + name + "\" : \"sha256:"), json);
    }
    assertTrue(json.contains("\"threshold\" : 0.605"), json);
    assertTrue(json.contains("\"exit_accuracy\" : [ 0.0, 1.0 ]"), json);
  }

  @Test
  void aCardMayOnlyNameKnownFacts() throws IOException {
    ModelDirectory directory = new ModelDirectory(folder);
    Path template = Files.writeString(folder.resolve("card.md"), "{{rows}} rows, ${{rows}}\n");
    ModelCard.write(template, directory, Map.of("rows", "7\n"));
    assertEquals("7 rows, $7\n", Files.readString(folder.resolve(ModelCard.NAME)));
    IOException thrown =
        assertThrows(IOException.class, () -> ModelCard.write(template, directory, Map.of()));
    assertTrue(thrown.getMessage().contains("{{rows}}"), thrown.getMessage());
  }

  private ModelDirectory write(Map<String, float[]> values) throws IOException {
    Path tokenizers = Files.createDirectory(folder.resolve("tokenizers"));
    TokenizerFile.write(tokenizers, BytePairTrainer.train(List.of("tea"), 300), 32);
    ModelDirectory directory = new ModelDirectory(Files.createDirectory(folder.resolve("model")));
    directory.write(SHAPE, new LabelSet(LABELS), values, tokenizers);
    return directory;
  }

  private static void assertTensor(
      SafetensorsStore tensors, String name, DType dtype, long... expectedShape) {
    assertArrayEquals(expectedShape, tensors.tensor(name).shape(), name);
    assertEquals(dtype, tensors.tensor(name).dtype(), name);
  }
}
