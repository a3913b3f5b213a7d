package org.sparkadept.udfs.sharing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.batch.BatchMetric;
import org.sparkadept.udfs.classify.ClassifyFunction;
import org.sparkadept.udfs.classify.ClassifyMetrics;
import org.sparkadept.udfs.model.ModelLocation;

/** Several class loaders with copies of our classes in one JVM. */
class SharedModelsTest {
  private static final List<String> TEXTS =
      IntStream.range(0, 60).mapToObj(row -> "text " + row * 7919 + " x").toList();

  @TempDir private Path model;

  @BeforeAll
  static void thisLoaderIsTheHost() {
    assertTrue(SharedModels.areLocal());
  }

  @BeforeEach
  void writeModel() throws Exception {
    TinyCheckpoint.llama()
        .labels("no", "yes", "grün")
        .adept(TinyAdept.confidence(0.5, 1, 2, 3))
        .write(model);
  }

  @Test
  void aIsolatedLoaderUsesTheModelThatTheFirstLoaded() throws Exception {
    byte[] function = function(model, ClassifierOptions.defaults());
    long loads = LocalModels.loads();
    long scored = scored();

    List<String> here = new IsolatedTask().apply(function, TEXTS);
    List<String> there;
    try (URLClassLoader second = IsolatedLoader.open()) {
      BiFunction<byte[], List<String>, List<String>> task = IsolatedLoader.task(second);
      assertNotSame(IsolatedTask.class, task.getClass());
      there = task.apply(function, TEXTS);
    }

    assertEquals(here, there);
    assertTrue(here.get(0).contains("\"exit_layer\":"), here.get(0));
    assertEquals(1, LocalModels.loads() - loads);
    assertEquals(2L * TEXTS.size(), scored() - scored, "rows of both loaders are counted");
  }

  @Test
  void aIsolatedLoaderMayComeFirstWithAModel() throws Exception {
    byte[] function = function(model, ClassifierOptions.defaults());
    long loads = LocalModels.loads();

    List<String> there;
    try (URLClassLoader second = IsolatedLoader.open()) {
      there = IsolatedLoader.task(second).apply(function, TEXTS);
    }

    assertEquals(new IsolatedTask().apply(function, TEXTS), there);
    assertEquals(1, LocalModels.loads() - loads);
  }

  @Test
  void anErrorOfTheHostIsTheGuestsOwn() throws Exception {
    ComputeOptions nowhere = ComputeOptions.defaults().withBackend("nowhere");
    byte[] function =
        ModelServer.serialize(
            new ClassifyFunction(
                ModelLocation.local(model), nowhere, ClassifierOptions.defaults(), 1));
    try (URLClassLoader second = IsolatedLoader.open()) {
      BiFunction<byte[], List<String>, List<String>> task = IsolatedLoader.task(second);

      RuntimeException e = assertThrows(RuntimeException.class, () -> task.apply(function, TEXTS));

      assertTrue(second.loadClass(AdeptException.class.getName()).isInstance(e), e::toString);
      assertTrue(e.getMessage().contains("no compute backend 'nowhere'"), e.getMessage());
    }
  }

  @Test
  void aGuestThatWantsMoreThanAnswersIsToldWhy() throws Exception {
    try (URLClassLoader second = IsolatedLoader.open()) {
      Class<?> options = second.loadClass(ComputeOptions.class.getName());
      Class<?> decoders = second.loadClass(LocalModels.class.getName());
      Class<?> location = second.loadClass(ModelLocation.class.getName());
      Object defaults = options.getMethod("defaults").invoke(null);
      Object there = location.getMethod("local", Path.class).invoke(null, model);

      InvocationTargetException e =
          assertThrows(
              InvocationTargetException.class,
              () -> decoders.getMethod("borrow", location, options).invoke(null, there, defaults));

      assertTrue(e.getCause().getMessage().contains("--jars"), e.getCause().getMessage());
    }
  }

  @Test
  void aLoaderGoesWhenItsSessionDoes() throws Exception {
    byte[] function = function(model, ClassifierOptions.defaults());

    awaitCollected(useAndDrop(function));
  }

  static void awaitCollected(WeakReference<ClassLoader> loader) throws InterruptedException {
    Await.until(
        "a closed class loader to be collected",
        () -> {
          System.gc();
          return loader.get() == null;
        });
  }

  private static WeakReference<ClassLoader> useAndDrop(byte[] function) throws Exception {
    try (URLClassLoader second = IsolatedLoader.open()) {
      assertEquals(TEXTS.size(), IsolatedLoader.task(second).apply(function, TEXTS).size());
      return new WeakReference<>(second);
    }
  }

  private static byte[] function(Path model, ClassifierOptions options) {
    return ModelServer.serialize(
        new ClassifyFunction(ModelLocation.local(model), ComputeOptions.defaults(), options, 1));
  }

  private static long scored() {
    for (Map.Entry<BatchMetric, LongAdder> total : ClassifyMetrics.ofThisJvm().entrySet()) {
      if (total.getKey().name().equals("scored")) {
        return total.getValue().sum();
      }
    }
    throw new AssertionError("no such metric");
  }
}
