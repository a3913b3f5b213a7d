package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;

class InspectCommandTest {
  @TempDir private Path folder;

  @Test
  void tellsWhatAFittedModelHolds() throws IOException {
    CommandRun run = CommandRun.of("inspect", TestModel.write(folder));

    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("llama"), run.out());
    assertTrue(run.out().contains("3: no, yes, grün"), run.out());
    assertTrue(run.out().contains("confidence, τ = 0.6"), run.out());
    assertTrue(run.out().contains("with early exits"), run.out());
  }

  @Test
  void jsonCountsParametersByType() throws IOException {
    Path model = TinyCheckpoint.gpt2().layers(2).write(Files.createDirectory(folder.resolve("g")));

    CommandRun run = CommandRun.of("inspect", "--json", model);

    assertEquals(0, run.code(), run.err());
    JsonNode report = new ObjectMapper().readTree(run.out());
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
    Path model =
        TinyCheckpoint.qwen2().withoutHead().write(Files.createDirectory(folder.resolve("q")));

    CommandRun run = CommandRun.of("inspect", model);

    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("fit it first"), run.out());
  }

  @Test
  void whatIsNoModelIsUnusable() {
    CommandRun run = CommandRun.of("inspect", folder);

    assertEquals(3, run.code());
    assertTrue(run.err().contains(folder.toString()), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }
}
