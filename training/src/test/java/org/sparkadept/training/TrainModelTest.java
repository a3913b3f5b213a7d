package org.sparkadept.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.format.JsonObject;
import picocli.CommandLine;

class TrainModelTest {
  private static final String[] DRINKS = {"tea", "rum", "ale"};

  @TempDir private Path folder;

  @Test
  void trainsExportsAndEvaluates() throws IOException {
    Path rows = rows("rows.jsonl", 60);
    Path card =
        Files.writeString(folder.resolve("card.md"), "{{changed_options}}\n{{exit_table}}\n");
    String trained = train(rows, card);
    String again = train(rows, card);
    assertEquals(
        trained.substring(trained.indexOf("| exit")), again.substring(again.indexOf("| ")));
    Path model = folder.resolve("model");
    try (ModelDirectory directory = ModelDirectory.open(model)) {
      AdeptParts adept = directory.adept().orElseThrow();
      assertArrayEquals(new int[] {1, 2}, adept.exitLayers());
      assertEquals(List.of("ale", "rum", "tea"), adept.labels());
      assertTrue(adept.fittedOn().containsKey("model.safetensors"), adept::toString);
    }
    JsonObject json = JsonObject.read(model.resolve("adept.json"));
    assertEquals(3, json.object("validation").positive("rows", 60));
    String text = Files.readString(model.resolve("README.md"));
    assertTrue(text.startsWith(" --vocabulary 280 --layers 2"), text);
    assertFalse(text.contains(folder.toString()), text);

    StringWriter out = new StringWriter();
    CommandLine evaluate = new CommandLine(new EvaluateModel()).setOut(new PrintWriter(out));
    String[] arguments = {"--model", model.toString(), "--rows", rows.toString()};
    assertEquals(0, evaluate.execute(arguments));
    assertTrue(out.toString().contains("rows.jsonl (60 rows): accuracy"), out.toString());
  }

  @Test
  void aCardNeedsTestRows() throws IOException {
    StringWriter errors = new StringWriter();
    CommandLine command = new CommandLine(new TrainModel()).setErr(new PrintWriter(errors));
    Path rows = rows("few.jsonl", 6);
    String[] arguments = {
      "--train", rows.toString(), "--output", "o", "--work", "w", "--card", "card.md"
    };
    assertEquals(CommandLine.ExitCode.USAGE, command.execute(arguments));
    assertTrue(errors.toString().contains("--card needs --test"), errors.toString());
  }

  private String train(Path rows, Path card) {
    StringWriter out = new StringWriter();
    CommandLine command = new CommandLine(new TrainModel()).setOut(new PrintWriter(out));
    String[] arguments = {
      "--train=" + rows,
      "--test=" + rows,
      "--output=" + folder.resolve("model"),
      "--work=" + folder.resolve("work"),
      "--card=" + card,
      "--vocabulary=280",
      "--layers=2",
      "--width=32",
      "--query-heads=4",
      "--intermediate=48",
      "--epochs=2"
    };
    assertEquals(0, command.execute(arguments));
    return out.toString();
  }

  private Path rows(String name, int count) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String drink = DRINKS[i % DRINKS.length];
      lines.append(
          String.format(
              "{\"id\":\"%d\",\"label\":\"%s\",\"text\":\"glass %d of %s\"}%n",
              i, drink, i, drink));
    }
    return Files.writeString(folder.resolve(name), lines);
  }
}
