package org.sparkadept.training.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.format.safetensors.SafetensorsFormat;

class ModelExportTest {
  @TempDir private Path folder;

  @Test
  void theModelDirectoryIsOldUntilItIsNewAsAWhole() throws IOException {
    Path model = folder.resolve("models/tiny");
    ModelExport export = new ModelExport(model);
    write(export.begin(), ModelCard.NAME, "unfinished");
    write(export.begin(), AdeptFormat.JSON_FILE, "first");
    assertEquals(List.of(".tiny.new"), names(model.getParent()));
    export.publish();
    write(export.begin(), SafetensorsFormat.CONFIG_FILE, "second");
    assertEquals(List.of(AdeptFormat.JSON_FILE), names(model));
    export.publish();
    assertEquals(List.of(SafetensorsFormat.CONFIG_FILE), names(model));
    assertEquals("second", Files.readString(model.resolve(SafetensorsFormat.CONFIG_FILE)));
    assertEquals(List.of("tiny"), names(model.getParent()));
  }

  @Test
  void filesThatNoExportWroteAreNotThrownAway() throws IOException {
    Path late = folder.resolve("late");
    ModelExport export = new ModelExport(late);
    export.begin();
    Files.writeString(Files.createDirectory(late).resolve("notes.txt"), "mine");
    assertThrows(IOException.class, export::publish);
    IOException thrown = assertThrows(IOException.class, () -> new ModelExport(late));
    assertTrue(thrown.getMessage().contains("notes.txt"), thrown.getMessage());
    assertEquals("mine", Files.readString(late.resolve("notes.txt")));
  }

  private static void write(Path directory, String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
