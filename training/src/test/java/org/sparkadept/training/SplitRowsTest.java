package org.sparkadept.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.training.data.LabelledRow;
import org.sparkadept.training.data.RowFile;
import org.sparkadept.training.data.Split;
import picocli.CommandLine;

class SplitRowsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  @Test
  void rowsThatTrainHeldBackCalibrate() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      lines.add("{\"id\":\"" + i + "\",\"label\":\"a\\\"b\",\"text\":\"caf\u00e9 " + i + "\"}");
    }
    Path train = Files.write(folder.resolve("train.jsonl"), lines);
    Path output = folder.resolve("split.jsonl");

    int code =
        new CommandLine(new SplitRows())
            .execute("--train", train.toString(), "--output", output.toString(), "--seed", "5");

    assertEquals(0, code);
    Map<String, Set<String>> found = new HashMap<>();
    for (String line : Files.readAllLines(output)) {
      JsonNode row = JSON.readTree(line);
      assertEquals("a\"b", row.get("label").asText());
      assertEquals("caf\u00e9 " + row.get("id").asText(), row.get("text").asText());
      found
          .computeIfAbsent(row.get("split").asText(), name -> new HashSet<>())
          .add(row.get("id").asText());
    }
    Set<String> held = new HashSet<>();
    for (LabelledRow row : Split.of(RowFile.read(train), 0.05, 5).validation()) {
      held.add(row.id());
    }
    assertEquals(Set.of("train", "validation", "calibration"), found.keySet());
    assertEquals(held, found.get("calibration"));
    assertEquals(400 - held.size(), found.get("train").size() + found.get("validation").size());
  }
}
