package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.PrintableText;
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
  void labelsCannotSteerTheTerminal() throws IOException {
    String hostile = "\u001b[2J\u009b31m\nadept: all is well\u202E";
    model = TinyCheckpoint.llama().labels("no", hostile).write(folder.resolve("hostile"));

    CommandRun text = CommandRun.of("inspect", model);
    CommandRun json = CommandRun.of("inspect", "--json", model);

    text.assertOk("␛[2J\uFFFD31m adept: all is well\uFFFD");
    json.assertOk();
    assertEquals(hostile, JsonEdit.read(json.out()).at("/labels/1").asText());
    for (CommandRun run : List.of(text, json)) {
      assertTrue(
          run.out().chars().noneMatch(c -> c != '\n' && PrintableText.isControl(c)), run.out());
    }

    JsonEdit.edit(model.resolve("config.json"), config -> config.put("model_type", hostile));
    CommandRun failure = CommandRun.of("inspect", model);
    failure.assertFails(3, "model_type");
    assertTrue(failure.err().strip().chars().noneMatch(PrintableText::isControl), failure.err());
  }

  @Test
  void whatIsNoModelIsUnusable() {
    CommandRun run = CommandRun.of("inspect", folder);

    run.assertFails(3, folder.toString());
    assertEquals(1, run.err().lines().count(), run.err());
  }
}
