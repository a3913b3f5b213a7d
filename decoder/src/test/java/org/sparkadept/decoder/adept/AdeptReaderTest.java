package org.sparkadept.decoder.adept;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.format.FileHash;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.model.family.TinyModel;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.Tensor;

/** Fitted parts beside a tiny Llama of two layers: whole, incomplete, and of another model. */
class AdeptReaderTest {
  private static final int LABELS = 3;
  private static final int WIDTH = 8;

  @TempDir Path folder;
  private Path json;
  private Path tensors;

  @BeforeEach
  void writeModel() throws IOException {
    json = folder.resolve("adept.json");
    tensors = folder.resolve("adept.safetensors");
    TinyModel.llama().write(folder);
  }

  @Test
  void fittedPartsAreRead() throws IOException {
    fit();
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      AdeptParts parts = directory.adept().orElseThrow();
      assertEquals(List.of("red", "green", "blue"), parts.labels());
      assertArrayEquals(new int[] {1, 2}, parts.exitLayers());
      assertEquals(PolicyKind.CONFIDENCE, parts.policy());
      assertEquals(0.9f, parts.threshold());
      assertEquals(3, parts.fittedOn().size());
      Tensor weight = parts.tensors().tensor("exit.2.weight");
      assertArrayEquals(TinyModel.values("exit.2.weight", LABELS, WIDTH), weight.readAll());
    }
  }

  @Test
  void closingTheDirectoryClosesTheHeads() throws IOException {
    fit();
    ModelDirectory directory = ModelDirectory.open(folder);
    Tensor weight = directory.adept().orElseThrow().tensors().tensor("exit.1.weight");
    directory.close();
    assertThrows(IllegalStateException.class, weight::readAll);
  }

  @Test
  void withAClassificationHeadTheLastLayerNeedsNone() throws IOException {
    TinyModel.llama().withHead().write(folder);
    writeHeads(1);
    writeJson(description());
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertFalse(directory.adept().orElseThrow().tensors().has("exit.2.weight"));
    }
    writeHeads(1, 2);
    assertReference(1, ExitHead.Input.CLASS_TOKEN);
    fit("exit_layers", List.of(1));
    assertReference(0, ExitHead.Input.CLASS_TOKEN);
    writeHeads(1);
    fit("head_inputs", Map.of("2", "class_token_and_mean"));
    writeHeads(1);
    assertOpenFails(json, "head_inputs", "score.weight");
  }

  @Test
  void aHeadMayReadTheMeanOfTheOtherTokens() throws IOException {
    fit("head_inputs", Map.of("2", "class_token_and_mean"));
    assertOpenFails(tensors, "exit.2.weight", "[3, 8]", "[3, 16]");
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("exit.1.weight", DType.F32, new float[LABELS * WIDTH], LABELS, WIDTH);
    writer.add("exit.1.bias", DType.F32, new float[LABELS], LABELS);
    writer.add("exit.2.weight", DType.F32, new float[2 * LABELS * WIDTH], LABELS, 2 * WIDTH);
    writer.add("exit.2.bias", DType.F32, new float[LABELS], LABELS).write(tensors);
    assertReference(1, ExitHead.Input.CLASS_TOKEN_AND_MEAN);
    assertRefused("head_inputs", Map.of("3", "class_token"), "\"3\"", "[1, 2]");
    assertRefused("head_inputs", Map.of("1", "mean"), "\"mean\"", "class_token_and_mean");
  }

  @Test
  void exitsMayMakeAnEnsemble() throws IOException {
    fit();
    assertEnsemble(false);
    fit("exit_ensemble", true);
    assertEnsemble(true);
    assertRefused("exit_ensemble", "mean", "exit_ensemble", "mean");
  }

  private void assertEnsemble(boolean expected) throws IOException {
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertEquals(expected, directory.adept().orElseThrow().ensemble());
    }
  }

  @Test
  void theCheckpointMayHaveHadMoreLayers() throws IOException {
    fit("checkpoint_layers", 30);
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertEquals(30, directory.adept().orElseThrow().checkpointLayers());
    }
    assertRefused("checkpoint_layers", 1, "is 1", "has 2 layers");
  }

  @Test
  void theSplitThatABackboneWasTunedOnIsRead() throws IOException {
    fit("tuned_split", Map.of("seed", Long.MAX_VALUE, "train_ratio", 0.6, "validation_ratio", 0.2));
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertEquals(
          new AdeptParts.TunedSplit("", Long.MAX_VALUE, 0.6, 0.2),
          directory.adept().orElseThrow().tunedSplit());
    }
    assertRefused("tuned_split", Map.of("seed", 3), "train_ratio");
  }

  private void assertReference(int layer, ExitHead.Input input) {
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      SortedMap<Integer, ExitHead> heads = new FittedExits(directory, directory.tensors()).heads();
      assertEquals(layer, heads.lastKey());
      assertEquals(input, heads.get(layer).input());
      assertEquals(input.size(WIDTH), heads.get(layer).inputs());
    }
  }

  @Test
  void withAClassificationHeadLabelsMustAgree() throws IOException {
    TinyModel.llama().withHead().write(folder);
    writeHeads(1);
    Map<String, Object> description = description();
    description.put("labels", List.of("red", "blue", "green"));
    writeJson(description);
    assertOpenFails(json, "labels", "label 1 is \"blue\" here and \"green\" there");
  }

  @Test
  void policyNoneNeedsNoThreshold() throws IOException {
    fit("policy", Map.of("kind", "none"));
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      AdeptParts parts = directory.adept().orElseThrow();
      assertEquals(PolicyKind.NONE, parts.policy());
      assertTrue(Float.isNaN(parts.threshold()));
    }
  }

  @Test
  void shardedWeightsAreAllHashed() throws IOException {
    Path shard = folder.resolve("part.safetensors");
    Files.move(folder.resolve("model.safetensors"), shard);
    Path index = folder.resolve("model.safetensors.index.json");
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(shard)) {
      Map<String, String> weightMap = new LinkedHashMap<>();
      checkpoint.names().forEach(name -> weightMap.put(name, "part.safetensors"));
      new JsonMapper().writeValue(index.toFile(), Map.of("weight_map", weightMap));
    }
    writeHeads(1, 2);
    Map<String, Object> description = description("config.json", "tokenizer.json");
    writeJson(description);
    assertOpenFails(json, "fitted_on", "part.safetensors");
    writeJson(description("config.json", "tokenizer.json", "part.safetensors"));
    ModelDirectory.open(folder).close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "tokenizer.json", "model.safetensors"})
  void aFileThatChangedSinceTheFitIsNamedWithBothHashes(String name) throws IOException {
    fit();
    Path changed = folder.resolve(name);
    String before = FileHash.of(changed);
    change(changed);
    assertOpenFails(json, "fitted for another checkpoint", changed, before, FileHash.of(changed));
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "tokenizer.json", "model.safetensors"})
  void everyFileThatShapesAnAnswerMustHaveAHash(String name) throws IOException {
    fit();
    Map<String, Object> description = description();
    Map<String, String> fittedOn = new LinkedHashMap<>();
    hashes("config.json", "tokenizer.json", "model.safetensors").forEach(fittedOn::put);
    fittedOn.remove(name);
    description.put("fitted_on", fittedOn);
    writeJson(description);
    assertOpenFails(json, "fitted_on", "no hash of " + name);
  }

  @Test
  void aHashedFileThatIsGoneIsNamed() throws IOException {
    fit();
    Files.delete(folder.resolve("tokenizer.json"));
    assertOpenFails(folder.resolve("tokenizer.json"), "does not exist");
  }

  @Test
  void malformedHashesAreRefused() throws IOException {
    for (Map<String, String> wrong :
        List.of(
            Map.of("config.json", "md5:00"),
            Map.of("config.json", "sha256:00"),
            Map.of("../config.json", "sha256:" + "0".repeat(64)))) {
      fit("fitted_on", wrong);
      assertOpenFails(json, "fitted_on", "plain file names", "sha256:");
    }
  }

  @Test
  void oneFileWithoutTheOtherIsRefused() throws IOException {
    fit();
    Files.delete(tensors);
    assertOpenFails(json, tensors, "belong together");
    fit();
    Files.delete(json);
    assertOpenFails(json, tensors, "belong together");
  }

  @Test
  void wrongValuesAreNamed() throws IOException {
    assertRefused("format_version", 4, "is 4", "up to 3");
    assertRefused("format_version", "1", "whole number");
    assertRefused("labels", List.of(), "at least two");
    assertRefused("labels", List.of("only"), "at least two");
    assertRefused("labels", List.of("a", "b", "a"), "\"a\" twice");
    assertRefused("labels", List.of("a", " ", "c"), "blank");
    assertRefused("labels", List.of("a", 7, "c"), "strings only");
    assertRefused("exit_layers", List.of(), "is empty");
    assertRefused("exit_layers", List.of(0, 2), "layer 0", "layers 1 to 2");
    assertRefused("exit_layers", List.of(1, 3), "layer 3", "layers 1 to 2");
    assertRefused("exit_layers", List.of(2, 1), "must ascend", "1 follows after 2");
    assertRefused("exit_layers", List.of(2, 2), "must ascend");
    assertRefused("policy", "confidence", "JSON object");
    assertRefused("policy", Map.of("kind", "magic"), "\"magic\"", "confidence, entropy");
    assertRefused("policy", Map.of("kind", "confidence"), "policy.threshold", "missing");
    for (double threshold : new double[] {0, -0.5, 1.0001, 1e-60}) {
      assertRefused(
          "policy",
          Map.of("kind", "confidence", "threshold", threshold),
          "policy.threshold",
          "(0, 1]");
    }
  }

  @Test
  void aTokenPolicyStandsAtExitsBeforeTheLast() throws IOException {
    fit("token_policy", Map.of("threshold", 0.25, "exit_layers", List.of(1)));
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      AdeptParts.TokenPolicySettings policy = directory.adept().orElseThrow().tokenPolicy();
      assertEquals(0.25f, policy.threshold());
      assertArrayEquals(new int[] {1}, policy.exitLayers());
      assertTrue(policy.enabled());
    }
    fit("token_policy", Map.of("threshold", 0.25, "exit_layers", List.of(1), "enabled", false));
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      assertFalse(directory.adept().orElseThrow().tokenPolicy().enabled());
    }
    assertRefused(
        "token_policy",
        Map.of("threshold", 0.25, "exit_layers", List.of(1), "enabled", "no"),
        "token_policy.enabled");
    assertTokenPolicyRefused(0.5, List.of(2), "exit_layers", "layer 2", "[1]");
    assertTokenPolicyRefused(0.5, List.of(0), "exit_layers", "layer 0", "[1]");
    assertTokenPolicyRefused(0.5, List.of(1, 1), "exit_layers", "must ascend");
    assertTokenPolicyRefused(0.5, List.of(), "exit_layers", "is empty");
    assertTokenPolicyRefused(1.5, List.of(1), "threshold", "(0, 1]");
  }

  private void assertTokenPolicyRefused(double threshold, List<Integer> layers, Object... fragments)
      throws IOException {
    assertRefused("token_policy", Map.of("threshold", threshold, "exit_layers", layers), fragments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"format_version", "labels", "exit_layers", "policy", "fitted_on"})
  void anAbsentKeyIsNamed(String key) throws IOException {
    fit();
    Map<String, Object> description = description();
    description.remove(key);
    writeJson(description);
    assertOpenFails(json, "\"" + key + "\" is missing");
  }

  @Test
  void headsMustBeThereAndFitLabelsAndWidth() throws IOException {
    fit();
    writeHeads(2);
    assertOpenFails(tensors, "exit.1.weight");
    new SafetensorsWriter()
        .add("exit.1.weight", DType.F32, new float[2 * WIDTH], 2, WIDTH)
        .add("exit.1.bias", DType.F32, new float[2], 2)
        .write(tensors);
    assertOpenFails(tensors, "exit.1.weight", "[2, 8]", "[3, 8]");
    new SafetensorsWriter()
        .add("exit.1.weight", DType.F32, new float[LABELS * WIDTH], LABELS, WIDTH)
        .write(tensors);
    assertOpenFails(tensors, "exit.1.bias");
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    fit();
    Files.writeString(tensors, "not tensors");
    assertOpenFails(tensors);
    Files.writeString(json, "{");
    assertOpenFails(json, "not valid JSON");
  }

  private void assertRefused(String key, Object value, Object... fragments) throws IOException {
    fit(key, value);
    CheckpointException failure = assertOpenFails(fragments);
    assertTrue(failure.getMessage().startsWith(json + ": \"" + key), failure::getMessage);
  }

  private CheckpointException assertOpenFails(Object... fragments) {
    return assertFails(() -> ModelDirectory.open(folder).close(), fragments);
  }

  private void fit() throws IOException {
    writeHeads(1, 2);
    writeJson(description());
  }

  private void fit(String key, Object value) throws IOException {
    writeHeads(1, 2);
    Map<String, Object> description = description();
    description.put(key, value);
    writeJson(description);
  }

  private Map<String, Object> description(String... files) throws IOException {
    Map<String, Object> description = new LinkedHashMap<>();
    description.put("format_version", 1);
    description.put("labels", List.of("red", "green", "blue"));
    description.put("exit_layers", List.of(1, 2));
    description.put("policy", Map.of("kind", "confidence", "threshold", 0.9));
    description.put(
        "fitted_on",
        files.length > 0
            ? hashes(files)
            : hashes("config.json", "tokenizer.json", "model.safetensors"));
    description.put("validation", Map.of("accuracy", 0.97, "anything", List.of(1, 2)));
    return description;
  }

  private Map<String, String> hashes(String... files) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (String file : files) {
      Path path = folder.resolve(file);
      hashes.put(file, Files.exists(path) ? FileHash.of(path) : "sha256:" + "0".repeat(64));
    }
    return hashes;
  }

  private void writeJson(Map<String, Object> description) throws IOException {
    new JsonMapper().writeValue(json.toFile(), description);
  }

  private void writeHeads(int... layers) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int layer : layers) {
      String weight = "exit." + layer + ".weight";
      String bias = "exit." + layer + ".bias";
      writer.add(weight, DType.F32, TinyModel.values(weight, LABELS, WIDTH), LABELS, WIDTH);
      writer.add(bias, DType.F32, TinyModel.values(bias, LABELS), LABELS);
    }
    writer.write(tensors);
  }

  /** Another value that is as valid: only the hash can tell. */
  private static void change(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (file.toString().endsWith(".safetensors")) {
      bytes[bytes.length - 1] ^= 1;
      Files.write(file, bytes);
    } else {
      Files.writeString(file, Files.readString(file) + "\n");
    }
  }
}
