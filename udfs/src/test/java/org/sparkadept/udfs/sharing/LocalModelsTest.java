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
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.model.ModelLocation;

class LocalModelsTest {
  private static final int THREADS = 8;

  @TempDir private Path folder;
  private Path model;

  @BeforeEach
  void writeModel() throws IOException {
    model =
        TinyCheckpoint.llama()
            .adept(TinyAdept.of("adept", 0.5, 1, 2, 3).withTokenExits(0.5, 1))
            .write(Files.createDirectory(folder.resolve("model")));
  }

  @Test
  void threadsThatComeTogetherShareOneLoad() throws Exception {
    long before = LocalModels.loads();

    List<Object> results = inThreads(() -> borrowAndClose(model.toString()));

    assertEquals(1, LocalModels.loads() - before);
    assertEquals(1, results.stream().distinct().count());
  }

  @Test
  void pathsToOneDirectoryShareOneModel() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), model);

    assertSame(
        borrowAndClose(model.toString()), borrowAndClose(link.resolve("../link").toString()));
  }

  @Test
  void anotherBackendIsAnotherModel() {
    ComputeOptions reference = ComputeOptions.defaults().withBackend("reference");
    try (ModelLease lease = LocalModels.borrow(ModelLocation.local(model), reference)) {
      assertNotSame(borrowAndClose(model.toString()), lease.model());
      assertEquals("reference", lease.model().backend());
    }
  }

  @Test
  void policiesAndBoundsShareOneLoad() {
    borrowAndClose(model.toString());
    long before = LocalModels.loads();
    for (PolicyKind policy : PolicyKind.values()) {
      ClassifierOptions options =
          ClassifierOptions.defaults().withPolicy(policy, 0.5f).withMaxTokens(7);
      try (ModelLease lease =
          LocalModels.borrow(ModelLocation.local(model), ComputeOptions.defaults())) {
        Classifier classifier = lease.model().classifier(options);
        assertEquals(7, classifier.options().maxTokens());
        assertEquals(1, classifier.classify(new byte[][] {{'a'}}).size());
      }
    }
    assertEquals(before, LocalModels.loads());
  }

  @Test
  void aFailedLoadIsReportedToAllAndMayBeTriedAgain() throws Exception {
    Path weights = model.resolve("model.safetensors");
    byte[] whole = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(whole, whole.length / 2));

    List<Object> results =
        inThreads(
            () ->
                assertThrows(AdeptException.class, () -> borrowAndClose(model.toString()))
                    .getMessage());
    Files.write(weights, whole);

    assertEquals(THREADS, results.size());
    assertTrue(results.get(0).toString().contains("model.safetensors"), results.get(0).toString());
    borrowAndClose(model.toString());
  }

  @Test
  void aMissingDirectoryIsNamed() {
    AdeptException e =
        assertThrows(AdeptException.class, () -> borrowAndClose(folder + "/nowhere"));

    assertTrue(e.getMessage().contains(folder + "/nowhere"), e.getMessage());
  }

  private static Object borrowAndClose(String path) {
    try (ModelLease lease = LocalModels.borrow(ModelLocation.of(path), ComputeOptions.defaults())) {
      return lease.model();
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
