package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

class InspectCommandTest extends CommandTest {
  @Test
  void tellsWhatAFittedModelHolds() throws IOException {
    CommandRun.of("inspect", model)
        .assertOk("llama", "3: no, yes, grün", "confidence, τ = 0.6", "with early exits");
  }

  @Test
  void jsonCountsParametersByType() throws IOException {
    model = TinyCheckpoint.gpt2().layers(2).write(folder.resolve("g"));

    CommandRun run = CommandRun.of("inspect", "--json", model);

    run.assertOk();
    JsonNode report = JsonEdit.read(run.out());
    assertEquals(2, report.path("layers").asInt());
    assertTrue(report.path("parameters").asLong() > 1000);
    assertEquals(
        report.path("parameters").asLong(),
        report.path("parameters_by_dtype").path("F32").asLong());
    assertTrue(report.path("can").asText().contains("full depth"));
    assertFalse(report.path("files").isEmpty());
  }

  @Test
  void aModelWithoutHeadsNeedsAFit() throws IOException {
    model = TinyCheckpoint.qwen2().withoutHead().write(folder.resolve("q"));

    CommandRun.of("inspect", model).assertOk("fit it first");
  }

  @Test
  void whatIsNoModelIsUnusable() {
    CommandRun run = CommandRun.of("inspect", folder);

    run.assertFails(3, folder.toString());
    assertEquals(1, run.err().lines().count(), run.err());
  }
}
