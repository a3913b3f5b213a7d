package org.sparkadept.decoder.compute.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.BackendModel;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

class OneThreadTest {
  private static final Path TASKS = Path.of("/proc/self/task");

  /** Linux keeps 15 characters of a thread's name; threads that it starts inherit the name. */
  private static final String NAME = "adept-one-core";

  @TempDir Path directory;

  @Test
  void aSessionComputesOnItsCallersThreadAlone() throws Exception {
    assumeTrue(Files.isDirectory(TASKS), "needs Linux: native threads are counted under " + TASKS);
    TinyCheckpoint.llama().width(256).heads(8, 2, 32).mlpWidth(704).layers(2).write(directory);
    Callable<Integer> work =
        () -> {
          try (BackendModel loaded = BackendModel.open(directory, "cpu")) {
            loaded.begin(loaded.randomRows(new Random(1), 64, 64, 64, 64));
            loaded.advance(0, 2, 0, 1, 2, 3);
            return nativeThreads();
          }
        };
    FutureTask<Integer> task = new FutureTask<>(work);
    new Thread(task, NAME).start();
    assertEquals(1, task.get(), "native threads named " + NAME);
  }

  private static int nativeThreads() throws IOException {
    int count = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        try {
          count += Files.readString(task.resolve("comm")).strip().equals(NAME) ? 1 : 0;
        } catch (NoSuchFileException e) {
          continue; // the thread has ended meanwhile
        }
      }
    }
    return count;
  }
}
