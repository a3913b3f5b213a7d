package org.sparkadept.decoder.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.compute.BackendModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.Tensor;

/**
 * Adapters that the Python package peft made, and its logits ({@code lora_adapters.py} beside the
 * tests), and each kind of adapter that is refused.
 */
class PeftAdapterTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private static Path stored(String path) throws URISyntaxException {
    return Path.of(PeftAdapterTest.class.getResource(path).toURI());
  }

  private static ModelSource source(String family, String adapter) throws URISyntaxException {
    return new ModelSource(stored(family + "/base"), Optional.of(stored(family + "/" + adapter)));
  }

  @ParameterizedTest
  @CsvSource({
    "llama, patterns, reference",
    "llama, patterns, cpu",
    "llama, layer, reference",
    "qwen2, biases, reference",
    "qwen2, biases, cpu",
    "gpt2, conv1d, reference",
    "gpt2, conv1d, cpu"
  })
  void logitsAreThoseOfPeft(String family, String adapter, String backend) throws Exception {
    JsonNode expected =
        JSON.readTree(stored(family + "/" + adapter).resolve("logits.json").toFile());
    ComputeOptions options =
        ComputeOptions.defaults().withBackend(backend).withPrecision(Precision.F32);
    try (BackendModel model = BackendModel.open(source(family, adapter), options)) {
      int[][] rows = JSON.convertValue(expected.get("rows"), int[][].class);
      model.begin(rows);
      float[][] logits = model.advance(0, model.config().layers(), 0, 1, 2);
      for (int row = 0; row < rows.length; row++) {
        float[] peft = JSON.convertValue(expected.get("logits").get(row), float[].class);
        float largest = 0;
        for (float logit : peft) {
          largest = Math.max(largest, Math.abs(logit));
        }
        assertArrayEquals(peft, logits[row], 1e-5f * Math.max(1, largest), "row " + row);
      }
    }
  }

  @Test
  void labelsAreNamedBesideTheAdapterOrNumbered() throws Exception {
    try (ModelDirectory model = ModelDirectory.open(source("llama", "patterns"))) {
      assertEquals(List.of("sports", "world", "trade"), model.labels());
    }
    try (ModelDirectory model = ModelDirectory.open(source("llama", "layer"))) {
      assertEquals(List.of("LABEL_0", "LABEL_1", "LABEL_2"), model.labels());
    }
  }

  @Test
  void anAdapterMayLieBesideTheWeights() throws Exception {
    copy(stored("llama/base"), folder);
    copy(stored("llama/layer"), folder);
    try (ModelDirectory beside = ModelDirectory.open(folder);
        ModelDirectory named = ModelDirectory.open(source("llama", "layer"))) {
      String name = "model.layers.1.mlp.gate_proj.weight";
      assertArrayEquals(read(named.checkpoint(), name), read(beside.checkpoint(), name));
      assertTrue(beside.checkpoint().files().contains(folder.resolve(PeftAdapter.CONFIG_FILE)));
      assertTrue(beside.checkpoint().files().contains(folder.resolve(PeftAdapter.WEIGHTS_FILE)));
    }
    ModelSource two = new ModelSource(folder, Optional.of(stored("llama/layer")));
    assertFails(() -> ModelDirectory.open(two), folder, "has an adapter of its own");
  }

  @Test
  void anAdapterAloneSaysWhatItNeeds() throws Exception {
    Path adapter = stored("llama/layer");
    assertFails(() -> ModelDirectory.open(adapter), adapter, "example/tiny-llama", "--adapter");
    ModelSource none = new ModelSource(stored("llama/base"), Optional.of(folder));
    assertFails(() -> ModelDirectory.open(none), folder, "is no adapter", "adapter_config.json");
  }

  @Test
  void tensorsThatTheAdapterLeavesAloneAreTheBases() throws Exception {
    try (Checkpoint adapted = source("llama", "layer").open();
        Checkpoint base = Checkpoint.open(stored("llama/base"))) {
      String name = "model.layers.0.mlp.gate_proj.weight";
      assertArrayEquals(read(base, name), read(adapted, name));
      assertEquals(DType.F32, adapted.tensors().tensor(name).dtype());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "peft_type | \"IA3\" | LORA",
        "peft_type | \"ADALORA\" | LORA",
        "task_type | \"TOKEN_CLS\" | SEQ_CLS",
        "use_dora | true | not supported",
        "use_qalora | true | not supported",
        "lora_bias | true | not supported",
        "trainable_token_indices | [1, 2] | not supported",
        "target_parameters | [\"mlp.experts\"] | not supported",
        "layer_replication | [[0, 2], [1, 2]] | not supported",
        "alora_invocation_tokens | [5] | not supported",
        "loftq_config | {\"loftq_bits\": 4} | not supported",
        "some_later_key | 1 | not supported",
        "init_lora_weights | \"pissa\" | difference to the base",
        "bias | \"some\" | lora_only",
        "r | 0 | from 1",
        "lora_alpha | \"x\" | number",
        "target_modules | \"(q_proj\" | regular expression",
        "target_modules | null | missing",
        "rank_pattern | {\"o_proj\": \"two\"} | o_proj"
      })
  void whatIsNotSupportedIsRefusedByItsKey(String key, String value, String says) throws Exception {
    assertRefused("llama/base", edited(key, value), PeftAdapter.CONFIG_FILE, key, says);
  }

  private static void assertRefused(String base, Path adapter, Object... fragments)
      throws URISyntaxException {
    ModelSource source = new ModelSource(stored(base), Optional.of(adapter));
    assertFails(() -> ModelDirectory.open(source), fragments);
  }

  private Path edited(String key, String value) throws Exception {
    Path adapter = copy(stored("llama/layer"), folder.resolve("adapter"));
    JsonNode node = JSON.readTree(value);
    JsonEdit.edit(adapter.resolve(PeftAdapter.CONFIG_FILE), json -> json.set(key, node));
    return adapter;
  }

  @Test
  void theTensorsMustBeThoseThatTheSettingsName() throws Exception {
    assertRefused(
        "llama/base", edited("r", "4"), "lora_A", "has shape [3, 16]", "asks for [4, 16]");
    assertRefused(
        "llama/base", edited("target_modules", "[\"o_proj\"]"), "gate_proj", "do not name");
    assertRefused("llama/base", edited("layers_to_transform", "0"), "layers.1", "do not name");
    assertRefused(
        "llama/base", edited("modules_to_save", "[\"other\"]"), "score.weight", "account for");
  }

  @Test
  void anAdapterForAnotherBaseIsRefused() throws Exception {
    Path llama = stored("llama/layer");
    assertRefused("gpt2/base", llama, "does not have", "made for example/tiny-llama");
    Path wider = TinyCheckpoint.llama().withoutHead().write(folder.resolve("wider"));
    ModelSource source = new ModelSource(wider, Optional.of(llama));
    assertFails(() -> ModelDirectory.open(source), "lora_A", "of [37, 24]", "example/tiny-llama");
  }

  @Test
  void tensorsThatBelongNowhereAreNamed() throws Exception {
    assertTensorsRefused(
        tensors -> tensors.add("base_model.model.extra.weight", DType.F32, new float[2], 2),
        "base_model.model.extra.weight",
        "account for");
    assertTensorsRefused(
        tensors -> tensors.add("model.norm.weight", DType.F32, new float[16], 16),
        "model.norm.weight",
        "does not begin with base_model.model.");
    assertTensorsRefused(
        tensors ->
            tensors.add(
                "base_model.model.model.layers.1.mlp.gate_proj.lora_magnitude_vector.weight",
                DType.F32,
                new float[20],
                20),
        "lora_magnitude_vector");
    assertTensorsRefused(
        tensors ->
            tensors.add(
                "base_model.model.model.layers.1.mlp.up_proj.lora_A.weight",
                DType.F32,
                new float[48],
                3,
                16),
        "up_proj.lora_A.weight",
        "has no partner",
        "up_proj.lora_B.weight");
  }

  private void assertTensorsRefused(Consumer<SafetensorsWriter> change, Object... fragments)
      throws Exception {
    Path adapter = copy(stored("llama/layer"), folder.resolve("adapter"));
    Path weights = adapter.resolve(PeftAdapter.WEIGHTS_FILE);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (SafetensorsStore store = SafetensorsStore.openFile(weights)) {
      for (String name : store.names()) {
        Tensor tensor = store.tensor(name);
        writer.add(name, DType.F32, tensor.readAll(), tensor.dim(0), tensor.dim(1));
      }
    }
    change.accept(writer);
    writer.write(weights);
    assertRefused("llama/base", adapter, fragments);
  }

  @Test
  void damagedFilesAreNamed() throws Exception {
    Path adapter = copy(stored("llama/layer"), folder.resolve("adapter"));
    Path weights = adapter.resolve(PeftAdapter.WEIGHTS_FILE);
    Files.write(weights, new byte[] {1, 2, 3});
    assertRefused("llama/base", adapter, weights);
    Files.delete(weights);
    assertRefused("llama/base", adapter, weights, "does not exist");
    Files.write(adapter.resolve("adapter_model.bin"), new byte[1]);
    assertRefused("llama/base", adapter, "adapter_model.bin", "safe_serialization");
  }

  private static float[] read(Checkpoint checkpoint, String name) {
    return checkpoint.tensors().tensor(name).readAll();
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.write(to.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return to;
  }
}
