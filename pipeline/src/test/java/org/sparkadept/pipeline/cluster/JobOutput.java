package org.sparkadept.pipeline.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.sparkadept.pipeline.TestSpark;

/**
 * What a job writes: Parquet files, staged beside the folder that they end in.
 *
 * @param folder the folder that they end in; its parent holds nothing else
 */
public record JobOutput(Path folder) {

  /** An output in an empty folder of its own. */
  public static JobOutput in(Path parent) throws IOException {
    return new JobOutput(Files.createTempDirectory(parent, "results").resolve("out"));
  }

  /** Whether a task of the job has finished. */
  boolean hasFinishedTasks() {
    try (Stream<Path> files = Files.walk(folder.getParent())) {
      return files.anyMatch(file -> file.getFileName().toString().startsWith("task_"));
    } catch (IOException | UncheckedIOException e) {
      return false; // a file went while it was looked at
    }
  }

  /** The rows as JSON, in the order of their ids. */
  public List<String> rows() {
    return TestSpark.session()
        .read()
        .parquet(folder.toString())
        .orderBy("id")
        .collectAsList()
        .stream()
        .map(Row::json)
        .toList();
  }

  /** Names of what is there, staged or in place, hidden ones too. */
  public List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder.getParent())) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }
}
