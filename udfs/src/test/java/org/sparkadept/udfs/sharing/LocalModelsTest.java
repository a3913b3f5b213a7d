package org.sparkadept.udfs.sharing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.model.ModelLocation;

class LocalModelsTest {
  private static final int THREADS = 8;

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void writeModel() throws IOException {
    model = TinyCheckpoint.llama().write(Files.createDirectory(folder.resolve("model")));
  }

  @Test
  void threadsThatComeTogetherShareOneLoad() throws Exception {
    long before = LocalModels.loads();

    List<Object> seen = inThreads(() -> borrowAndClose(model.toString()));

    assertEquals(1, LocalModels.loads() - before);
    assertEquals(1, seen.stream().distinct().count());
  }

  @Test
  void pathsToOneDirectoryShareOneDecoder() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), model);

    assertSame(
        borrowAndClose(model.toString()), borrowAndClose(link.resolve("../link").toString()));
  }

  @Test
  void otherOptionsAreAnotherDecoder() {
    try (ModelLease lease =
        LocalModels.borrow(
            ModelLocation.local(model), DecoderOptions.defaults().withMaxTokens(7))) {
      assertNotSame(borrowAndClose(model.toString()), lease.decoder());
      assertEquals(7, lease.decoder().options().maxTokens());
    }
  }

  @Test
  void aFailedLoadIsReportedToAllAndMayBeTriedAgain() throws Exception {
    Path weights = model.resolve("model.safetensors");
    byte[] whole = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(whole, whole.length / 2));

    List<Object> seen =
        inThreads(
            () ->
                assertThrows(AdeptException.class, () -> borrowAndClose(model.toString()))
                    .getMessage());
    Files.write(weights, whole);

    assertEquals(THREADS, seen.size());
    assertTrue(seen.get(0).toString().contains("model.safetensors"), seen.get(0).toString());
    borrowAndClose(model.toString());
  }

  @Test
  void aMissingDirectoryIsNamed() {
    AdeptException e =
        assertThrows(AdeptException.class, () -> borrowAndClose(folder + "/nowhere"));

    assertTrue(e.getMessage().contains(folder + "/nowhere"), e.getMessage());
  }

  private static Object borrowAndClose(String path) {
    try (ModelLease lease = LocalModels.borrow(ModelLocation.of(path), DecoderOptions.defaults())) {
      return lease.decoder();
    }
  }

  private static List<Object> inThreads(Callable<Object> work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Object> results = new ArrayList<>();
      for (Future<Object> result : pool.invokeAll(Collections.nCopies(THREADS, work))) {
        results.add(result.get());
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }
}
