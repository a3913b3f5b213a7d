package org.sparkadept.udfs.classify;

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

class SharedDecodersTest {
  private static final int THREADS = 8;

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void writeModel() throws IOException {
    model = TinyCheckpoint.llama().write(Files.createDirectory(folder.resolve("model")));
  }

  @Test
  void threadsThatComeTogetherShareOneLoad() throws Exception {
    long before = SharedDecoders.loads();

    List<Object> seen = inThreads(() -> acquireAndClose(model.toString()));

    assertEquals(1, SharedDecoders.loads() - before);
    assertEquals(1, seen.stream().distinct().count());
  }

  @Test
  void pathsToOneDirectoryShareOneDecoder() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), model);

    assertSame(
        acquireAndClose(model.toString()), acquireAndClose(link.resolve("../link").toString()));
  }

  @Test
  void otherOptionsAreAnotherDecoder() {
    try (DecoderLease lease =
        SharedDecoders.acquire(model.toString(), DecoderOptions.defaults().withMaxTokens(7))) {
      assertNotSame(acquireAndClose(model.toString()), lease.decoder());
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
                assertThrows(AdeptException.class, () -> acquireAndClose(model.toString()))
                    .getMessage());
    Files.write(weights, whole);

    assertEquals(THREADS, seen.size());
    assertTrue(seen.get(0).toString().contains("model.safetensors"), seen.get(0).toString());
    acquireAndClose(model.toString());
  }

  @Test
  void aMissingDirectoryIsNamed() {
    AdeptException e =
        assertThrows(AdeptException.class, () -> acquireAndClose(folder + "/nowhere"));

    assertTrue(e.getMessage().contains(folder + "/nowhere"), e.getMessage());
  }

  private static Object acquireAndClose(String path) {
    try (DecoderLease lease = SharedDecoders.acquire(path, DecoderOptions.defaults())) {
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
