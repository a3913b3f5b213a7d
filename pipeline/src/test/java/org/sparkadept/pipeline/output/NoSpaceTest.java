package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.pipeline.CommandTest;

class NoSpaceTest extends CommandTest {
  @Test
  void aFullDiskIsToldClearlyAndNothingIsLeftOnIt() throws IOException {
    spark.sparkContext().hadoopConfiguration().set("fs.full.impl", FullFileSystem.class.getName());
    addRows(texts(0, 2000));
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Path file = folder.resolve("summary.json");

    classify("--output", "full://" + disk.resolve("out"), "--summary", file)
        .assertFails(5, "No space left");

    JsonNode summary = JsonEdit.read(file);
    assertEquals("failed", summary.path("status").asText());
    assertEquals(5, summary.path("exit_code").asInt());
    assertTrue(summary.path("message").asText().contains("No space left"));
    assertEquals(List.of(), names(disk));
  }
}
