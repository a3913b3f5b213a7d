package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedOutputTest {
  @TempDir private Path folder;
  private Path target;

  @BeforeEach
  void nameTarget() {
    target = folder.resolve("result");
  }

  @Test
  void nothingIsThereBeforeTheCommitAndAllOfItAfter() throws IOException {
    try (StagedOutput output = begin(OutputMode.ERRORIFEXISTS, "one")) {
      write(output, "part-1");
      assertFalse(Files.exists(target));

      output.commit();
    }
    assertEquals(List.of("part-1"), data(target));
    assertEquals(List.of("result"), data(folder));
  }

  @Test
  void anAbandonedOutputLeavesNothing() throws IOException {
    try (StagedOutput output = begin(OutputMode.ERRORIFEXISTS, "one")) {
      write(output, "part-1");
    }
    assertEquals(List.of(), data(folder));
  }

  @Test
  void whatTasksOfAFailedJobWriteLaterGoesWhenTheJvmEnds() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set("fs.full.impl", FullFileSystem.class.getName());
    StagedOutput output =
        StagedOutput.begin("full://" + target, OutputMode.ERRORIFEXISTS, "one", configuration);
    output.close();
    FileSystem files = output.staging().getFileSystem(configuration);
    files.create(new org.apache.hadoop.fs.Path(output.staging(), "part-1")).close();
    assertEquals(1, data(folder).size());

    files.close(); // As Hadoop does then.

    assertEquals(List.of(), data(folder));
  }

  @Test
  void theSecondOfTwoJobsKeepsItsResultAndSaysWhere() throws IOException {
    try (StagedOutput first = begin(OutputMode.ERRORIFEXISTS, "one");
        StagedOutput second = begin(OutputMode.ERRORIFEXISTS, "two")) {
      write(first, "first");
      write(second, "second");
      first.commit();

      OutputException e = assertThrows(OutputException.class, second::commit);

      assertTrue(e.getMessage().contains("another job"), e.getMessage());
      assertTrue(e.getMessage().contains("result.adept-two"), e.getMessage());
    }
    assertEquals(List.of("first"), data(target));
    assertEquals(List.of("second"), data(folder.resolve("result.adept-two")));
    assertEquals(List.of("result", "result.adept-two"), data(folder));
  }

  @Test
  void overwritingTouchesTheOldDataOnlyAtTheCommit() throws IOException {
    Files.createDirectory(target);
    Files.writeString(target.resolve("old"), "old");
    try (StagedOutput output = begin(OutputMode.OVERWRITE, "one")) {
      write(output, "new");
      assertEquals(List.of("old"), data(target));

      output.commit();
    }
    assertEquals(List.of("new"), data(target));
    assertEquals(List.of("result"), data(folder));
  }

  @Test
  void overwritingReplacesAFileToo() throws IOException {
    Files.writeString(target, "a file");
    try (StagedOutput output = begin(OutputMode.OVERWRITE, "one")) {
      write(output, "new");
      output.commit();
    }
    assertEquals(List.of("new"), data(target));
  }

  @Test
  void aSwapThatFailsPutsTheOldDataBack() throws IOException {
    Files.createDirectory(target);
    Files.writeString(target.resolve("old"), "old");
    StagedOutput output = begin(OutputMode.OVERWRITE, "one");
    FileUtil.fullyDelete(Path.of(output.staging().toUri()).toFile());

    assertThrows(OutputException.class, output::commit);

    assertEquals(List.of("old"), data(target));
    assertEquals(List.of("result"), data(folder));
  }

  @Test
  void appendingAddsFilesAndMakesTheFolderWhereThereIsNone() throws IOException {
    for (String run : List.of("one", "two")) {
      try (StagedOutput output = begin(OutputMode.APPEND, run)) {
        write(output, "part-" + run);
        output.commit();
      }
    }
    assertEquals(List.of("part-one", "part-two"), data(target));
    assertEquals(List.of("result"), data(folder));
  }

  @Test
  void aStagingFolderThatWasRemovedMeanwhileIsNotCommitted() throws IOException {
    try (StagedOutput output = begin(OutputMode.OVERWRITE, "one")) {
      write(output, "part-1");
      FileUtil.fullyDelete(Path.of(output.staging().toUri()).toFile());
      Files.createDirectory(Path.of(output.staging().toUri()));
      write(output, "part-2");

      OutputException e = assertThrows(OutputException.class, output::commit);

      assertTrue(e.getMessage().contains("was removed while this run wrote"), e.getMessage());
    }
    assertEquals(List.of(), data(folder));
  }

  @Test
  void appendingToAFileIsAnError() throws IOException {
    Files.writeString(target, "a file");

    OutputException e = assertThrows(OutputException.class, () -> begin(OutputMode.APPEND, "one"));

    assertTrue(e.getMessage().contains("is a file"), e.getMessage());
  }

  @Test
  void aParentThatIsAFileIsAnError() throws IOException {
    Files.writeString(target, "a file");

    OutputException e =
        assertThrows(
            OutputException.class,
            () ->
                StagedOutput.begin(
                    target.resolve("below").toString(),
                    OutputMode.OVERWRITE,
                    "one",
                    new Configuration()));

    assertTrue(e.getMessage().contains("cannot be written"), e.getMessage());
  }

  private StagedOutput begin(OutputMode mode, String run) {
    return StagedOutput.begin(target.toString(), mode, run, new Configuration());
  }

  private static void write(StagedOutput output, String name) throws IOException {
    Files.writeString(Path.of(output.staging().toUri()).resolve(name), name);
  }

  /** Names in a folder, hidden ones too, without the checksum files of Hadoop's local files. */
  private static List<String> data(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !name.endsWith(".crc"))
          .sorted()
          .toList();
    }
  }
}
