package org.sparkadept.decoder.model.family;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.adept.FittedExits;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.Matrix;

class ModelTensorsTest {
  private static final String LLAMA_LAYER = "model.layers.1.";
  private static final String GPT2_LAYER = "transformer.h.1.";

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(DType.class)
  void llamaTensorsAreFoundAsTheyAre(DType dtype) throws IOException {
    TinyModel.llama().withHead().dtype(dtype).write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      ModelTensors tensors = directory.tensors();
      assertStored(tensors.embedding(), "model.embed_tokens.weight", 11, 8);
      assertNull(tensors.positions());
      LayerTensors layer = tensors.layer(1);
      assertVector(layer.attentionNorm().weight(), LLAMA_LAYER + "input_layernorm.weight");
      assertNull(layer.attentionNorm().bias());
      assertStored(layer.query().weight(), LLAMA_LAYER + "self_attn.q_proj.weight", 8, 8);
      assertStored(layer.key().weight(), LLAMA_LAYER + "self_attn.k_proj.weight", 4, 8);
      assertStored(layer.value().weight(), LLAMA_LAYER + "self_attn.v_proj.weight", 4, 8);
      assertStored(layer.output().weight(), LLAMA_LAYER + "self_attn.o_proj.weight", 8, 8);
      assertNull(layer.query().bias());
      assertNull(layer.output().bias());
      assertNull(layer.queryNorm());
      assertNull(layer.keyNorm());
      assertVector(layer.mlpNorm().weight(), LLAMA_LAYER + "post_attention_layernorm.weight");
      assertStored(layer.gate().weight(), LLAMA_LAYER + "mlp.gate_proj.weight", 12, 8);
      assertStored(layer.up().weight(), LLAMA_LAYER + "mlp.up_proj.weight", 12, 8);
      assertStored(layer.down().weight(), LLAMA_LAYER + "mlp.down_proj.weight", 8, 12);
      assertVector(tensors.finalNorm().weight(), "model.norm.weight");
      assertStored(tensors.classificationHead().weight(), "score.weight", 3, 8);
      assertNull(tensors.classificationHead().bias());
    }
  }

  @Test
  void gpt2TensorsAreSplitAndTurned() throws IOException {
    TinyModel.gpt2().write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      ModelTensors tensors = directory.tensors();
      assertStored(tensors.embedding(), "transformer.wte.weight", 11, 8);
      assertStored(tensors.positions(), "transformer.wpe.weight", 16, 8);
      LayerTensors layer = tensors.layer(1);
      String fused = GPT2_LAYER + "attn.c_attn.weight";
      assertTurned(layer.query().weight(), fused, 8, 24, 0, 8);
      assertTurned(layer.key().weight(), fused, 8, 24, 8, 8);
      assertTurned(layer.value().weight(), fused, 8, 24, 16, 8);
      float[] fusedBias = TinyModel.values(GPT2_LAYER + "attn.c_attn.bias", 24);
      assertArrayEquals(Arrays.copyOfRange(fusedBias, 0, 8), layer.query().bias());
      assertArrayEquals(Arrays.copyOfRange(fusedBias, 8, 16), layer.key().bias());
      assertArrayEquals(Arrays.copyOfRange(fusedBias, 16, 24), layer.value().bias());
      assertTurned(layer.output().weight(), GPT2_LAYER + "attn.c_proj.weight", 8, 8, 0, 8);
      assertVector(layer.output().bias(), GPT2_LAYER + "attn.c_proj.bias");
      assertNull(layer.gate());
      assertTurned(layer.up().weight(), GPT2_LAYER + "mlp.c_fc.weight", 8, 32, 0, 32);
      assertVector(layer.up().bias(), GPT2_LAYER + "mlp.c_fc.bias");
      assertTurned(layer.down().weight(), GPT2_LAYER + "mlp.c_proj.weight", 32, 8, 0, 8);
      assertVector(layer.down().bias(), GPT2_LAYER + "mlp.c_proj.bias");
      assertVector(layer.attentionNorm().weight(), GPT2_LAYER + "ln_1.weight");
      assertVector(layer.attentionNorm().bias(), GPT2_LAYER + "ln_1.bias");
      assertVector(layer.mlpNorm().bias(), GPT2_LAYER + "ln_2.bias");
      assertVector(tensors.finalNorm().weight(), "transformer.ln_f.weight");
      assertVector(tensors.finalNorm().bias(), "transformer.ln_f.bias");
      assertNull(tensors.classificationHead());
    }
  }

  @Test
  void turningWorksForAnyRowsOfALargeMatrix() throws IOException {
    TinyModel model = TinyModel.gpt2().config("n_inner", 101);
    for (int i = 0; i < 2; i++) {
      String mlp = "transformer.h." + i + ".mlp.";
      model
          .tensor(mlp + "c_fc.weight", 8, 101)
          .tensor(mlp + "c_fc.bias", 101)
          .tensor(mlp + "c_proj.weight", 101, 8);
    }
    model.write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      Matrix down = directory.tensors().layer(0).down().weight();
      float[] all = new float[8 * 101];
      down.read(0, 8, all, 0);
      float[] file = TinyModel.values("transformer.h.0.mlp.c_proj.weight", 101, 8);
      float[] some = new float[3 * 101 + 5];
      down.read(2, 3, some, 5);
      for (int row = 0; row < 8; row++) {
        for (int col = 0; col < 101; col++) {
          assertEquals(file[col * 8 + row], all[row * 101 + col]);
        }
      }
      for (int i = 0; i < 3 * 101; i++) {
        assertEquals(all[2 * 101 + i], some[5 + i]);
      }
    }
  }

  @Test
  void rowsOutsideAMatrixAreRefused() throws IOException {
    TinyModel.gpt2().write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      ModelTensors tensors = directory.tensors();
      float[] target = new float[8 * 12];
      assertOutside(() -> tensors.embedding().read(10, 2, target, 0));
      assertOutside(() -> tensors.embedding().read(-1, 1, target, 0));
      assertOutside(() -> tensors.embedding().read(0, 2, target, 88));
      Matrix key = tensors.layer(0).key().weight();
      assertOutside(() -> key.read(7, 2, target, 0));
      assertOutside(() -> key.read(0, 2, target, 88));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.", "transformer."})
  void checkpointsOfTheBackboneAloneHaveNoPrefix(String prefix) throws IOException {
    TinyModel model = prefix.equals("model.") ? TinyModel.llama() : TinyModel.gpt2();
    model.withoutPrefix(prefix).withHead().write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      ModelTensors tensors = directory.tensors();
      assertEquals(11, tensors.embedding().rows());
      assertEquals(2, directory.config().layers());
      assertNotNull(tensors.classificationHead());
    }
  }

  @Test
  void qwen2HasBiasesOnQueryKeyAndValue() throws IOException {
    TinyModel model = TinyModel.llama().config("model_type", "qwen2");
    assertFails(() -> open(model), folder, "model.layers.0.self_attn.q_proj.bias");
    for (int i = 0; i < 2; i++) {
      String attention = "model.layers." + i + ".self_attn.";
      model
          .tensor(attention + "q_proj.bias", 8)
          .tensor(attention + "k_proj.bias", 4)
          .tensor(attention + "v_proj.bias", 4);
    }
    LayerTensors layer = open(model).layer(1);
    assertVector(layer.query().bias(), LLAMA_LAYER + "self_attn.q_proj.bias");
    assertVector(layer.key().bias(), LLAMA_LAYER + "self_attn.k_proj.bias");
    assertVector(layer.value().bias(), LLAMA_LAYER + "self_attn.v_proj.bias");
    assertNull(layer.output().bias());
  }

  @Test
  void qwen3HasNormsOnQueryAndKeyAndHeadsOfAnySize() throws IOException {
    TinyModel model = TinyModel.llama().config("model_type", "qwen3").config("head_dim", 6);
    for (int i = 0; i < 2; i++) {
      String attention = "model.layers." + i + ".self_attn.";
      model
          .tensor(attention + "q_proj.weight", 24, 8)
          .tensor(attention + "k_proj.weight", 12, 8)
          .tensor(attention + "v_proj.weight", 12, 8)
          .tensor(attention + "o_proj.weight", 8, 24)
          .tensor(attention + "q_norm.weight", 6)
          .tensor(attention + "k_norm.weight", 6);
    }
    LayerTensors layer = open(model).layer(1);
    assertVector(layer.queryNorm(), LLAMA_LAYER + "self_attn.q_norm.weight");
    assertVector(layer.keyNorm(), LLAMA_LAYER + "self_attn.k_norm.weight");
    assertEquals(24, layer.query().weight().rows());
    assertEquals(24, layer.output().weight().cols());
  }

  @Test
  void llamaBiasesAreReadWhereTheConfigurationHasThem() throws IOException {
    TinyModel model = TinyModel.llama().config("attention_bias", true).config("mlp_bias", true);
    for (int i = 0; i < 2; i++) {
      String layer = "model.layers." + i + ".";
      model
          .tensor(layer + "self_attn.q_proj.bias", 8)
          .tensor(layer + "self_attn.k_proj.bias", 4)
          .tensor(layer + "self_attn.v_proj.bias", 4)
          .tensor(layer + "self_attn.o_proj.bias", 8)
          .tensor(layer + "mlp.gate_proj.bias", 12)
          .tensor(layer + "mlp.up_proj.bias", 12)
          .tensor(layer + "mlp.down_proj.bias", 8);
    }
    LayerTensors layer = open(model).layer(1);
    assertVector(layer.output().bias(), LLAMA_LAYER + "self_attn.o_proj.bias");
    assertVector(layer.gate().bias(), LLAMA_LAYER + "mlp.gate_proj.bias");
    assertVector(layer.down().bias(), LLAMA_LAYER + "mlp.down_proj.bias");
  }

  @Test
  void aHeadMayBeCalledClassifierAndHaveABias() throws IOException {
    TinyModel model =
        TinyModel.llama()
            .config("label2id", Map.of("red", 0, "green", 1, "blue", 2))
            .tensor("classifier.weight", 3, 8)
            .tensor("classifier.bias", 3)
            .write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertEquals(List.of("red", "green", "blue"), directory.labels());
      LinearTensors head = directory.tensors().classificationHead();
      assertStored(head.weight(), "classifier.weight", 3, 8);
      assertVector(head.bias(), "classifier.bias");
    }
    assertFails(() -> open(model.tensor("classifier.bias", 2)), "classifier.bias", "[3]");
    assertFails(
        () -> open(model.tensor("classifier.weight", 2, 8)), "classifier.weight has 2 rows");
  }

  /** ModernBERT's: what such a head reads is not computed, so that the model is a backbone. */
  @Test
  void aHeadWithALayerOfItsOwnIsLeftOut() throws IOException {
    TinyModel.llama()
        .tensor("classifier.weight", 3, 8)
        .tensor("head.dense.weight", 8, 8)
        .tensor("head.norm.weight", 8)
        .write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertEquals(List.of(), directory.labels());
      ModelTensors tensors = directory.tensors();
      assertNull(tensors.classificationHead());
      FittedExits exits = new FittedExits(directory, tensors);
      String refusal = assertThrows(AdeptException.class, exits::heads).getMessage();
      assertTrue(refusal.contains("head.dense.weight), which is not computed"), refusal);
    }
  }

  @Test
  void tensorsThatNobodyNeedsDoNoHarm() throws IOException {
    TinyModel model =
        TinyModel.gpt2()
            .tensor("lm_head.weight", 11, 8)
            .tensor("transformer.h.0.attn.bias", 1, 1, 16, 16)
            .tensor("transformer.h.0.attn.masked_bias")
            .tensor("something.else", 3);
    assertEquals(11, open(model).embedding().rows());
    TinyModel llama = TinyModel.llama().tensor("model.layers.0.self_attn.rotary_emb.inv_freq", 1);
    assertEquals(11, open(llama).embedding().rows());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.embed_tokens.weight",
        "model.norm.weight",
        "model.layers.0.input_layernorm.weight",
        "model.layers.1.self_attn.q_proj.weight",
        "model.layers.1.self_attn.k_proj.weight",
        "model.layers.1.self_attn.v_proj.weight",
        "model.layers.1.self_attn.o_proj.weight",
        "model.layers.1.post_attention_layernorm.weight",
        "model.layers.1.mlp.gate_proj.weight",
        "model.layers.1.mlp.up_proj.weight",
        "model.layers.1.mlp.down_proj.weight"
      })
  void anAbsentOrMisshapenTensorOfLlamaIsNamed(String name) {
    assertFails(() -> open(TinyModel.llama().without(name)), folder, name);
    assertFails(
        () -> open(TinyModel.llama().tensor(name, 5, 7)), folder, name, "shape [5, 7]", "requires");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wte.weight",
        "wpe.weight",
        "ln_f.weight",
        "ln_f.bias",
        "h.0.ln_1.bias",
        "h.1.attn.c_attn.weight",
        "h.1.attn.c_attn.bias",
        "h.1.attn.c_proj.weight",
        "h.1.attn.c_proj.bias",
        "h.1.ln_2.weight",
        "h.1.mlp.c_fc.weight",
        "h.1.mlp.c_fc.bias",
        "h.1.mlp.c_proj.weight",
        "h.1.mlp.c_proj.bias"
      })
  void anAbsentOrMisshapenTensorOfGpt2IsNamed(String name) {
    String full = "transformer." + name;
    assertFails(() -> open(TinyModel.gpt2().without(full)), folder, full);
    assertFails(
        () -> open(TinyModel.gpt2().tensor(full, 5, 7)), folder, full, "shape [5, 7]", "requires");
  }

  @Test
  void aConfigurationOfAnotherSizeIsToldByTheFirstTensor() {
    assertFails(
        () -> open(TinyModel.llama().config("vocab_size", 12)),
        "model.embed_tokens.weight",
        "[11, 8]",
        "[12, 8]");
    assertFails(
        () -> open(TinyModel.llama().config("num_hidden_layers", 3)),
        "model.layers.2.input_layernorm.weight");
  }

  private ModelTensors open(TinyModel model) throws IOException {
    model.write(folder);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      return directory.tensors();
    }
  }

  private static void assertVector(float[] found, String name) {
    assertArrayEquals(TinyModel.values(name, found.length), found);
  }

  private static void assertStored(Matrix matrix, String name, int rows, int cols) {
    assertEquals(name, matrix.name());
    assertEquals(rows, matrix.rows());
    assertEquals(cols, matrix.cols());
    float[] found = new float[rows * cols];
    matrix.read(0, rows, found, 0);
    assertArrayEquals(TinyModel.values(name, rows, cols), found);
  }

  /** The matrix must be the given outputs of what the file has as [in, allOutputs]. */
  private static void assertTurned(
      Matrix matrix, String name, int in, int allOutputs, int first, int out) {
    assertEquals(name, matrix.name());
    assertEquals(out, matrix.rows());
    assertEquals(in, matrix.cols());
    float[] file = TinyModel.values(name, in, allOutputs);
    float[] found = new float[out * in];
    matrix.read(0, out, found, 0);
    for (int row = 0; row < out; row++) {
      for (int col = 0; col < in; col++) {
        assertEquals(file[col * allOutputs + first + row], found[row * in + col]);
      }
    }
  }

  private static void assertOutside(Executable call) {
    assertThrows(IndexOutOfBoundsException.class, call);
  }
}
