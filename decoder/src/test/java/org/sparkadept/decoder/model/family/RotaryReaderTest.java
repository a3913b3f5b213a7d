package org.sparkadept.decoder.model.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.RotaryConfig;
import org.sparkadept.decoder.model.RotaryScaling;

class RotaryReaderTest {
  private static final int HEAD = 8;
  private static final String LLAMA3 =
      "\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4,"
          + "\"original_max_position_embeddings\":8192";
  private static final RotaryScaling LLAMA3_SCALING =
      new RotaryScaling(RotaryScaling.Kind.LLAMA3, 8, 1, 4, 8192);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"rope_theta\":10000}",
        "{\"rope_scaling\":null}",
        "{\"rope_scaling\":{}}",
        "{\"rope_scaling\":{\"rope_type\":\"default\"}}",
        "{\"rope_parameters\":{\"rope_theta\":10000.0,\"rope_type\":\"default\"}}",
        "{\"rope_parameters\":{\"rope_theta\":10000.0}}",
        "{\"rope_parameters\":null,\"partial_rotary_factor\":1.0}"
      })
  void noScalingIsWrittenInManyWays(String text) throws IOException {
    assertEquals(new RotaryConfig(10_000, HEAD, RotaryScaling.NONE), read(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"rope_theta\":5e5,\"rope_scaling\":{\"rope_type\":\"llama3\"," + LLAMA3 + "}}",
        "{\"rope_theta\":5e5,\"rope_scaling\":{\"type\":\"llama3\"," + LLAMA3 + "}}",
        "{\"rope_parameters\":{\"rope_theta\":5e5,\"rope_type\":\"llama3\"," + LLAMA3 + "}}",
        "{\"rope_theta\":5e5,\"rope_parameters\":{\"rope_type\":\"llama3\"," + LLAMA3 + "}}"
      })
  void llama3ScalingIsReadFromOldAndNewLayouts(String text) throws IOException {
    assertEquals(new RotaryConfig(500_000, HEAD, LLAMA3_SCALING), read(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"yarn", "dynamic", "longrope", "su", "proportional"})
  void otherRulesAreRefused(String type) {
    assertFails(
        () -> read("{\"rope_scaling\":{\"rope_type\":\"" + type + "\",\"factor\":4}}"),
        "rope_scaling.rope_type",
        type,
        "default, linear, llama3");
  }

  @Test
  void missingAndImpossibleNumbersAreNamed() {
    assertFails(() -> read("{\"rope_theta\":0}"), "rope_theta", "greater than 1");
    assertFails(() -> read("{\"rope_theta\":\"x\"}"), "rope_theta", "a number");
    assertFails(() -> read("{\"rope_scaling\":{\"factor\":4}}"), "rope_scaling.type", "missing");
    assertFails(() -> read("{\"rope_scaling\":{\"type\":\"linear\"}}"), "rope_scaling.factor");
    assertFails(
        () -> read("{\"rope_scaling\":{\"type\":\"linear\",\"factor\":0}}"), "rope_scaling.factor");
    assertFails(
        () -> readScaling(scaling -> scaling.put("high_freq_factor", 1)),
        "rope_scaling.high_freq_factor",
        "greater than 1");
    assertFails(
        () -> readScaling(scaling -> scaling.remove("original_max_position_embeddings")),
        "rope_scaling.original_max_position_embeddings");
    assertFails(
        () -> read("{\"rope_parameters\":{\"rope_theta\":1e4,\"partial_rotary_factor\":0.25}}"),
        "rope_parameters.partial_rotary_factor");
  }

  /** Reads a Llama 3 scaling that was changed. */
  private RotaryConfig readScaling(Consumer<ObjectNode> change) throws IOException {
    String whole = "{\"rope_scaling\":{\"type\":\"llama3\"," + LLAMA3 + "}}";
    return read(JsonEdit.edit(whole, json -> change.accept(json.withObject("/rope_scaling"))));
  }

  private RotaryConfig read(String text) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, text);
    return RotaryReader.read(JsonObject.read(file), HEAD, RotaryReader.DEFAULT_THETA);
  }
}
