package org.sparkadept.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.gpu.device.DeviceThread;

/** One loaded model serves classifiers of all options, with one set of weights on the device. */
class SharedModelTest {
  private static final int LAYERS = 3;
  private static final int WIDTH = 64;
  private static final int MLP_WIDTH = 1024;

  @TempDir Path directory;

  private static List<ClassifierOptions> allOptions() {
    ClassifierOptions own = ClassifierOptions.defaults();
    return List.of(
        own,
        own.withTokenExit(TokenExitKind.COPY).withMaxTokens(20),
        own.withTokenExit(TokenExitKind.NONE),
        own.withPolicy(PolicyKind.CONFIDENCE, 0.7f),
        own.atFullDepth().withMaxTokens(20));
  }

  private static byte[][] texts() {
    byte[][] texts = new byte[12][];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = ("row " + i + " of some ").repeat(1 + i % 4).getBytes(StandardCharsets.UTF_8);
    }
    return texts;
  }

  private static List<String> answers(LoadedModel model, ClassifierOptions options) {
    Classifications found = model.classifier(options).classify(texts(), true);
    List<String> answers = new ArrayList<>();
    for (int row = 0; row < found.size(); row++) {
      String label = found.label(row) + " " + found.score(row);
      answers.add(label + " after " + found.exitLayer(row) + " " + found.error(row));
    }
    return answers;
  }

  @Test
  void classifiersOfAllOptionsShareTheWeights() throws Exception {
    DeviceThread thread = DeviceThread.acquire(TestDevice.orSkip());
    write();
    ComputeOptions compute =
        ComputeOptions.defaults().withBackend("tornadovm").withWaveBytes(1 << 20);
    Map<ClassifierOptions, List<String>> expected = new LinkedHashMap<>();
    for (ClassifierOptions options : allOptions()) {
      try (LoadedModel alone = LoadedModel.open(directory, compute)) {
        expected.put(options, answers(alone, options));
      }
    }
    DeviceMemory before = DeviceMemory.now();
    try (LoadedModel shared = LoadedModel.open(directory, compute)) {
      long loaded = thread.reservedMemory();
      DeviceMemory afterLoad = DeviceMemory.now();
      for (ClassifierOptions options : allOptions()) {
        assertEquals(expected.get(options), answers(shared, options), options.toString());
      }
      long used = thread.reservedMemory();
      DeviceMemory afterUse = DeviceMemory.now();
      long bytes = LAYERS * (4L * WIDTH * WIDTH + 3L * WIDTH * MLP_WIDTH) * Short.BYTES;
      assertTrue(used - loaded < bytes, "reserved for heads and mappers: " + (used - loaded));
      assertTrue(afterLoad.available() - afterUse.available() < bytes, afterUse.toString());
      inThreads(shared, expected);
      assertEquals(used, thread.reservedMemory(), "nothing is reserved twice");
      assertEquals(afterUse, DeviceMemory.now(), "nothing is copied twice");
    } finally {
      thread.release();
    }
    assertEquals(before, DeviceMemory.now(), "device memory once the model is closed");
  }

  private void write() throws IOException {
    TinyCheckpoint.qwen3()
        .layers(LAYERS)
        .width(WIDTH)
        .heads(4, 4, WIDTH / 4)
        .mlpWidth(MLP_WIDTH)
        .positions(64)
        .adept(TinyAdept.of("adept", 0.6, 1, 2, 3).withTokenExits(0.5, 1, 2))
        .write(directory);
  }

  /** At once, so that their steps are merged where they are equal, and only there. */
  private static void inThreads(LoadedModel shared, Map<ClassifierOptions, List<String>> expected)
      throws InterruptedException {
    List<String> wrong = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    expected.forEach(
        (options, answers) ->
            threads.add(
                new Thread(
                    () -> {
                      for (int i = 0; i < 3; i++) {
                        if (!answers.equals(answers(shared, options))) {
                          synchronized (wrong) {
                            wrong.add(options.toString());
                          }
                        }
                      }
                    })));
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), wrong);
  }
}
