package org.sparkadept.udfs.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.batch.BatchMetric;

/** Several class loaders with copies of our classes in one JVM. */
class SharedClassifiersTest {
  private static final List<String> TEXTS =
      IntStream.range(0, 60).mapToObj(row -> "text " + row * 7919 + " x").toList();

  @TempDir private static Path folder;
  private static Path model;

  @BeforeAll
  static void thisLoaderIsTheHost() throws Exception {
    assertTrue(SharedClassifiers.isHost());
    model =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .adept(TinyAdept.confidence(0.5, 1, 2, 3))
            .write(Files.createDirectory(folder.resolve("model")));
  }

  @Test
  void aSecondLoaderUsesTheModelThatTheFirstLoaded() throws Exception {
    byte[] function = function(model, DecoderOptions.defaults().withMaxTokens(10));
    long loads = SharedDecoders.loads();
    long scored = scored();

    List<String> here = new GuestTask().apply(function, TEXTS);
    List<String> there;
    try (URLClassLoader second = SecondLoader.open()) {
      BiFunction<byte[], List<String>, List<String>> task = SecondLoader.task(second);
      assertNotSame(GuestTask.class, task.getClass());
      there = task.apply(function, TEXTS);
    }

    assertEquals(here, there);
    assertTrue(here.get(0).contains("\"exit_layer\":"), here.get(0));
    assertEquals(1, SharedDecoders.loads() - loads);
    assertEquals(2L * TEXTS.size(), scored() - scored, "rows of both loaders are counted");
  }

  @Test
  void aSecondLoaderMayComeFirstWithAModel() throws Exception {
    byte[] function = function(model, DecoderOptions.defaults().withMaxTokens(9));
    long loads = SharedDecoders.loads();

    List<String> there;
    try (URLClassLoader second = SecondLoader.open()) {
      there = SecondLoader.task(second).apply(function, TEXTS);
    }

    assertEquals(new GuestTask().apply(function, TEXTS), there);
    assertEquals(1, SharedDecoders.loads() - loads);
  }

  @Test
  void anErrorOfTheHostIsTheGuestsOwn() throws Exception {
    byte[] function =
        function(model, DecoderOptions.defaults().withPolicy("no such policy", Float.NaN));
    try (URLClassLoader second = SecondLoader.open()) {
      BiFunction<byte[], List<String>, List<String>> task = SecondLoader.task(second);

      RuntimeException e = assertThrows(RuntimeException.class, () -> task.apply(function, TEXTS));

      assertEquals(second.loadClass(AdeptException.class.getName()), e.getClass());
      assertTrue(e.getMessage().contains("no such policy"), e.getMessage());
    }
  }

  @Test
  void aGuestThatWantsMoreThanAnswersIsToldWhy() throws Exception {
    try (URLClassLoader second = SecondLoader.open()) {
      Class<?> options = second.loadClass(DecoderOptions.class.getName());
      Class<?> decoders = second.loadClass(SharedDecoders.class.getName());
      Object defaults = options.getMethod("defaults").invoke(null);

      InvocationTargetException e =
          assertThrows(
              InvocationTargetException.class,
              () ->
                  decoders
                      .getMethod("acquire", String.class, options)
                      .invoke(null, model.toString(), defaults));

      assertTrue(e.getCause().getMessage().contains("--jars"), e.getCause().getMessage());
    }
  }

  @Test
  void aLoaderGoesWhenItsSessionDoes() throws Exception {
    byte[] function = function(model, DecoderOptions.defaults().withMaxTokens(11));
    WeakReference<ClassLoader> gone = useAndDrop(function);

    for (int i = 0; i < 100 && gone.get() != null; i++) {
      System.gc();
      Thread.sleep(50);
    }

    assertNull(gone.get(), "something of this JVM still holds the second loader");
  }

  private static WeakReference<ClassLoader> useAndDrop(byte[] function) throws Exception {
    try (URLClassLoader second = SecondLoader.open()) {
      assertEquals(TEXTS.size(), SecondLoader.task(second).apply(function, TEXTS).size());
      return new WeakReference<>(second);
    }
  }

  private static byte[] function(Path model, DecoderOptions options) {
    return Serialized.write(new ClassifyFunction(model.toString(), options, true));
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
