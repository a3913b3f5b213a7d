package org.sparkadept.gpu.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.WeightType;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.gpu.DeviceMemory;
import org.sparkadept.gpu.TestDevice;
import org.sparkadept.gpu.device.DeviceThread;

/** Models in use: many waves, many threads, little memory. */
class TornadoModelTest {
  private static final int WAVES = 200;
  private static final int THREADS = 4;

  @TempDir static Path directory;

  /** Its weights are the same in half precision, which devices that can take. */
  @BeforeAll
  static void writeModel() throws IOException {
    TestDevice.orSkip();
    TinyCheckpoint.llama()
        .layers(3)
        .positions(64)
        .weightType(WeightType.F16)
        .adept(TinyAdept.of("adept", 0.6, 1, 2, 3).withTokenExits(0.5, 1, 2))
        .write(directory);
  }

  private static ComputeOptions options(long waveBytes) {
    return ComputeOptions.defaults().withBackend("tornadovm").withWaveBytes(waveBytes);
  }

  private static ComputeOptions reference() {
    return ComputeOptions.defaults().withBackend("reference");
  }

  private static byte[][] texts(Random random, int count) {
    byte[][] texts = new byte[count][];
    for (int i = 0; i < count; i++) {
      char[] text = new char[1 + random.nextInt(60)];
      Arrays.setAll(new int[text.length], t -> text[t] = (char) ('a' + random.nextInt(26)));
      texts[i] = new String(text).getBytes(StandardCharsets.UTF_8);
    }
    return texts;
  }

  /** Room for about 600 tokens: the waves of four threads wait for each other. */
  @Test
  void manyWavesOfManyThreadsInLittleMemoryLeaveNothingBehind() throws InterruptedException {
    DeviceMemory before = DeviceMemory.now();
    byte[][] texts = texts(new Random(1), 40);
    try (LoadedModel reference = LoadedModel.open(directory, reference());
        LoadedModel model = LoadedModel.open(directory, options(100_000))) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      String[] expected =
          answers(reference.classifier(ClassifierOptions.defaults()).classify(texts));
      assertArrayEquals(expected, answers(classifier.classify(texts)));
      DeviceMemory loaded = DeviceMemory.now();
      assertNotEquals(before, loaded);
      List<Thread> threads = new ArrayList<>();
      List<String> wrong = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        threads.add(
            new Thread(
                () -> {
                  for (int wave = 0; wave < WAVES / THREADS; wave++) {
                    if (!Arrays.equals(expected, answers(classifier.classify(texts)))) {
                      synchronized (wrong) {
                        wrong.add("wave " + wave);
                      }
                    }
                  }
                }));
      }
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), wrong);
      assertEquals(loaded, DeviceMemory.now(), "device memory after " + WAVES + " waves");
    }
    assertEquals(before, DeviceMemory.now(), "device memory once the model is closed");
  }

  private static String[] answers(Classifications classified) {
    String[] answers = new String[classified.size()];
    Arrays.setAll(answers, row -> classified.label(row) + " after " + classified.exitLayer(row));
    return answers;
  }

  @Test
  void memoryThatDoesNotHoldTheLongestRowIsRefused() {
    try (LoadedModel model = LoadedModel.open(directory, options(1000))) {
      AdeptException error =
          assertThrows(AdeptException.class, () -> model.classifier(ClassifierOptions.defaults()));
      assertTrue(error.getMessage().contains("A row of 64 tokens"), error.getMessage());
      assertTrue(error.getMessage().contains("spark.adept.gpu.waveMemory"), error.getMessage());
    }
  }

  @Test
  void aModelThatDoesNotFitIsRefusedBeforeItIsLoaded() {
    DeviceThread thread = DeviceThread.acquire(TestDevice.orSkip());
    long rest = TestDevice.orSkip().memory() - thread.reservedMemory() - 1000;
    thread.reserveMemory(rest, "test");
    DeviceMemory before = DeviceMemory.now();
    try {
      AdeptException error =
          assertThrows(AdeptException.class, () -> LoadedModel.open(directory, options(1 << 20)));
      assertTrue(error.getMessage().contains("The model needs"), error.getMessage());
      assertTrue(error.getMessage().contains("most of it: "), error.getMessage());
      assertEquals(rest, thread.reservedMemory());
      assertEquals(before, DeviceMemory.now());
    } finally {
      thread.releaseMemory(rest);
      thread.release();
    }
  }

  @Test
  void anUnknownDeviceIsRefusedByName() {
    ComputeOptions elsewhere = options(1 << 20).withDevice("no such");
    AdeptException error =
        assertThrows(AdeptException.class, () -> LoadedModel.open(directory, elsewhere));
    assertTrue(error.getMessage().contains("cannot run here"), error.getMessage());
    assertTrue(error.getMessage().contains("'no such'"), error.getMessage());
  }

  @Test
  void autoPassesOverADeviceThatIsNoGpu() {
    boolean gpu = TestDevice.orSkip().isGpu();
    try (LoadedModel model = LoadedModel.open(directory, options(1 << 20).withBackend("auto"))) {
      assertEquals(gpu ? "tornadovm" : "cpu", model.backend());
    }
  }
}
