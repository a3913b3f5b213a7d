package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {
  @TempDir Path folder;

  private WorkFolder open() {
    return WorkFolder.open(folder.resolve("model"), "fit", Set.of("rows"), new Configuration());
  }

  private static void write(WorkFolder work, String name) throws IOException {
    Files.createDirectories(work.path(name));
    Files.writeString(work.path(name).resolve("_SUCCESS"), "");
  }

  @Test
  void finishedPassesAreTakenUpByTheSameJobOnly() throws IOException {
    try (WorkFolder first = open()) {
      assertFalse(first.begin("job 1"));
      write(first, "rows");
      write(first, "states");
      Files.createDirectories(first.path("unfinished"));
      assertEquals(List.of("states"), first.kept());
    }
    try (WorkFolder second = open()) {
      write(second, "rows");
      assertTrue(second.begin("job 1"));
      assertTrue(second.has("states"));
      assertFalse(second.has("unfinished"));
    }
    try (WorkFolder other = open()) {
      write(other, "rows");
      assertFalse(other.begin("job 2"));
      assertFalse(other.has("states"));
      assertTrue(other.has("rows"));
    }
    assertFalse(Files.exists(folder.resolve(".model.fit")));
  }

  @Test
  void nothingIsLeftOfAJobThatHasEndedWell() throws IOException {
    try (WorkFolder work = open()) {
      work.begin("job");
      write(work, "states");
      work.done();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      assertEquals(List.of(), entries.toList());
    }
  }

  @Test
  void nothingIsKeptOfARunThatIsRefusedAtTheStart() throws IOException {
    try (WorkFolder work = open()) {
      write(work, "rows");
      assertEquals(List.of(), work.kept());
    }
    assertFalse(Files.exists(folder.resolve(".model.fit")));
  }

  @Test
  void oneRunHasTheFolder() {
    try (WorkFolder first = open()) {
      OutputException refused = assertThrows(OutputException.class, this::open);
      assertTrue(refused.getMessage().contains("model"), refused::getMessage);
      assertTrue(Files.exists(first.folder()));
    }
  }
}
