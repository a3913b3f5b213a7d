package org.sparkadept.training.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.training.TinyModel;
import org.sparkadept.training.data.LabelSet;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.WeightName;
import org.sparkadept.training.model.Weights;
import org.sparkadept.training.safetensors.SafetensorsFile;
import org.sparkadept.training.safetensors.Tensor;
import org.sparkadept.training.tokenizer.BytePairTrainer;
import org.sparkadept.training.tokenizer.TokenizerFile;

class ModelDirectoryTest {
  private static final ModelShape SHAPE = TinyModel.SHAPE;

  @TempDir private Path folder;

  @Test
  void namesTensorsAsHuggingFaceDoesAndReadsThemBack() throws IOException {
    LabelSet labels = new LabelSet(List.of("ale", "rum", "tea"));
    Path tokenizers = Files.createDirectory(folder.resolve("tokenizers"));
    TokenizerFile.write(tokenizers, BytePairTrainer.train(List.of("tea"), 300), 32);
    ModelDirectory directory = new ModelDirectory(Files.createDirectory(folder.resolve("model")));
    try (NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
      Map<String, float[]> values = Weights.initial(manager, SHAPE, 3).values();
      directory.write(SHAPE, labels, values, tokenizers);
      assertEquals(SHAPE, directory.shape());
      assertEquals(labels.names(), directory.labels().names());
      Map<String, float[]> read = directory.weights(manager).values();
      for (Map.Entry<String, float[]> entry : values.entrySet()) {
        assertArrayEquals(entry.getValue(), read.get(entry.getKey()), 1e-3f, entry.getKey());
      }
      assertArrayEquals(values.get(WeightName.EXIT_BIAS), read.get(WeightName.EXIT_BIAS));
    }
    Map<String, Tensor> tensors =
        SafetensorsFile.read(directory.path().resolve("model.safetensors"));
    assertEquals(3 + 9 * SHAPE.layers(), tensors.size());
    assertShape(tensors, "model.layers.1.self_attn.q_proj.weight", 32, 32);
    assertShape(tensors, "model.layers.1.self_attn.k_proj.weight", 16, 32);
    assertShape(tensors, "model.layers.1.mlp.down_proj.weight", 32, 48);
    assertShape(tensors, "model.layers.0.input_layernorm.weight", 32);
    assertShape(tensors, "score.weight", 3, 32);
    Map<String, Tensor> exits = SafetensorsFile.read(directory.path().resolve("adept.safetensors"));
    assertEquals(List.of("exit.1.weight", "exit.1.bias"), List.copyOf(exits.keySet()));
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

  private static void assertShape(Map<String, Tensor> tensors, String name, long... shape) {
    assertArrayEquals(shape, tensors.get(name).shape(), name);
  }
}
