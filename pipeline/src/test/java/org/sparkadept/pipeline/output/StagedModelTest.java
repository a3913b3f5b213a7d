package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.adept.ModelSource;

class StagedModelTest {
  @TempDir private Path folder;

  @Test
  void aDraftTakesThePlaceOfTheOneBefore() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Files.writeString(model.resolve("config.json"), "{}");
    Files.writeString(model.resolve("adept.json"), "old");
    Path output = folder.resolve("output");
    try (StagedModel staged =
        StagedModel.create(ModelSource.of(model), output, List.of("adept.json"))) {
      Path first = staged.draft();
      assertTrue(Files.exists(first.resolve("config.json")));
      assertFalse(Files.exists(first.resolve("adept.json")));

      Path second = staged.draft();

      assertFalse(Files.exists(first));
      Files.writeString(second.resolve("adept.json"), "new");
      assertEquals(output, staged.publish(second));
    }
    assertEquals("new", Files.readString(output.resolve("adept.json")));
    assertEquals("{}", Files.readString(output.resolve("config.json")));
    assertEquals("old", Files.readString(model.resolve("adept.json")));
  }
}
