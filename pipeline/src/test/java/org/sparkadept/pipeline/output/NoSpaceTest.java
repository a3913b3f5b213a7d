package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

class NoSpaceTest {
  @TempDir private Path folder;

  @Test
  void aFullDiskIsToldClearlyAndNothingIsLeftOnIt() throws IOException {
    SparkSession spark = TestSpark.session();
    spark.sparkContext().hadoopConfiguration().set("fs.full.impl", FullFileSystem.class.getName());
    Path input = folder.resolve("in");
    spark.range(2000).selectExpr("concat('text ', id) text").write().parquet(input.toString());
    Path disk = Files.createDirectory(folder.resolve("disk"));

    CommandRun run =
        CommandRun.of(
            "classify",
            "--input",
            input,
            "--output",
            "full://" + disk.resolve("out"),
            "--model",
            TestModel.write(folder),
            "--summary",
            folder.resolve("summary.json"));

    assertEquals(5, run.code(), run.err());
    assertTrue(run.err().contains("No space left"), run.err());
    JsonNode summary = new ObjectMapper().readTree(folder.resolve("summary.json").toFile());
    assertEquals("failed", summary.path("status").asText());
    assertEquals(5, summary.path("exit_code").asInt());
    assertTrue(summary.path("message").asText().contains("No space left"));
    try (Stream<Path> left = Files.list(disk)) {
      assertEquals(0, left.count());
    }
  }
}
