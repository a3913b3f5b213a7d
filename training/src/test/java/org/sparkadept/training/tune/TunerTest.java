package org.sparkadept.training.tune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.WeightType;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.tensor.Tensor;
import org.sparkadept.training.TinyBackbone;
import org.sparkadept.training.model.Decoder;
import org.sparkadept.training.model.ExitPlan;
import org.sparkadept.training.model.ModelWeights;
import org.sparkadept.training.model.TrainingRow;
import org.sparkadept.training.model.Weight;
import org.sparkadept.training.optimize.LossSettings;
import org.sparkadept.training.optimize.Optimization;
import org.sparkadept.training.torch.Precision;

class TunerTest {
  private static final List<String> LABELS = List.of("ale", "rum", "tea");

  @TempDir private Path folder;

  private final Random random = TestSeed.random();
  private final List<TrainingRow> rows = TinyBackbone.rows(60, random);

  /** Keeps what it hears, and stops the run at a step as a kill would. */
  private static final class Log implements TuneListener {
    private final List<String> notices = new ArrayList<>();
    private final List<TuneProgress> points = new ArrayList<>();
    private final long stopAt;

    Log(long stopAt) {
      this.stopAt = stopAt;
    }

    @Override
    public void notice(String message) {
      notices.add(message);
    }

    @Override
    public void progress(TuneProgress progress) {
      points.add(progress);
      if (progress.step() == stopAt) {
        throw new IllegalStateException("stopped");
      }
    }

    @Override
    public void epoch(EpochResult result) {
      notices.add(result.toString());
    }
  }

  @Test
  void everyExitLearnsARowsKeyword() throws IOException {
    Path backbone = TinyCheckpoint.llama().seed(random.nextLong()).write(folder.resolve("b"));
    TuneSettings settings =
        settings(
            new ExitPlan(List.of(1, 3), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, true), 30, 1e-2);
    TuneResult result = run(backbone, "work", settings, new Log(-1));
    double[] accuracy = result.best().accuracy();
    assertTrue(accuracy[0] > 0.9 && accuracy[1] > 0.9, result.best().toString());
  }

  @Test
  void loraLearnsToo() throws IOException {
    Path backbone = TinyCheckpoint.llama().seed(random.nextLong()).write(folder.resolve("b"));
    TuneSettings settings =
        settings(new ExitPlan(List.of(3), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 4, false), 30, 1e-2);
    TuneResult result = run(backbone, "work", settings, new Log(-1));
    List<EpochResult> epochs = result.epochs();
    assertTrue(result.best().losses()[0] < 0.7 * epochs.get(0).losses()[0], epochs.toString());
  }

  @Test
  void aStoppedRunGoesOnAsIfItHadNotStopped() throws IOException {
    Path backbone = TinyCheckpoint.llama().seed(random.nextLong()).write(folder.resolve("b"));
    TuneSettings settings =
        settings(
            new ExitPlan(List.of(1, 2), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false), 3, 3e-3);
    Log whole = new Log(-1);
    TuneResult expected = run(backbone, "whole", settings, whole);
    long perEpoch = whole.points.size() / 3;
    Log stopped = new Log(perEpoch + 2);
    assertThrows(IllegalStateException.class, () -> run(backbone, "parts", settings, stopped));
    Log continued = new Log(-1);
    TuneResult found = run(backbone, "parts", settings, continued);
    assertTrue(continued.notices.get(0).contains("continued"), continued.notices.toString());
    assertEquals(perEpoch + 1, continued.points.get(0).step());
    assertEquals(whole.points.size(), found.curve().size());
    for (int i = 0; i < found.curve().size(); i++) {
      assertArrayEquals(
          expected.curve().get(i).losses(), found.curve().get(i).losses(), 1e-4, "step " + i);
    }
    assertArrayEquals(expected.best().losses(), found.best().losses(), 1e-4);
    Log finished = new Log(-1);
    run(backbone, "parts", settings, finished);
    assertEquals(List.of(), finished.points);
  }

  @Test
  void aRunWithOtherRowsOrSettingsOrWeightsStartsAnew() throws IOException {
    Path backbone = TinyCheckpoint.llama().seed(1).write(folder.resolve("b"));
    ExitPlan plan = new ExitPlan(List.of(1), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false);
    run(backbone, "work", settings(plan, 1, 1e-3), new Log(-1));
    Log settings = new Log(-1);
    run(backbone, "work", settings(plan, 1, 2e-3), settings);
    assertTrue(settings.notices.get(0).contains("replaced"), settings.notices.toString());
    Path other = TinyCheckpoint.llama().seed(2).write(folder.resolve("c"));
    Log weights = new Log(-1);
    run(other, "work", settings(plan, 1, 2e-3), weights);
    assertTrue(weights.notices.get(0).contains("replaced"), weights.notices.toString());
    rows.set(5, new TrainingRow(new int[] {7, 1}, 0));
    Log changed = new Log(-1);
    run(other, "work", settings(plan, 1, 2e-3), changed);
    assertTrue(changed.notices.get(0).contains("replaced"), changed.notices.toString());
  }

  /**
   * What is stored how; each is exported with nothing learned, which must give the same numbers.
   */
  enum Stored {
    LLAMA(TinyCheckpoint.llama().weightType(WeightType.BF16).untied().withoutHead()),
    SHARDS(TinyCheckpoint.qwen2().weightType(WeightType.F16).shards(3)),
    QWEN3(TinyCheckpoint.qwen3().attentionBias().withoutPrefix()),
    MISTRAL(TinyCheckpoint.mistral().newKeys()),
    GPT2(TinyCheckpoint.gpt2().weightType(WeightType.F16));

    private final TinyCheckpoint checkpoint;

    Stored(TinyCheckpoint checkpoint) {
      this.checkpoint = checkpoint;
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasNotChangedIsExportedAsItWasStored(Stored stored) throws IOException {
    Path backbone = stored.checkpoint.seed(random.nextLong()).write(folder.resolve("b"));
    TuneSettings settings =
        settings(new ExitPlan(List.of(2), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false), 1, 0);
    TuneResult result = run(backbone, "work", settings, new Log(-1));
    Path output = Files.createDirectory(folder.resolve("out"));
    result.model().export(output);
    try (ModelDirectory before = ModelDirectory.openBackbone(backbone);
        ModelDirectory after = ModelDirectory.openBackbone(output)) {
      assertEquals(2, after.config().layers());
      assertEquals(List.of(), after.labels());
      assertEquals(2, after.tensors().layers().size());
      TensorStore source = before.checkpoint().tensors();
      for (String name : after.checkpoint().tensors().names()) {
        Tensor tensor = after.checkpoint().tensors().tensor(name);
        assertEquals(source.tensor(name).dtype(), tensor.dtype(), name);
        assertArrayEquals(source.tensor(name).shape(), tensor.shape(), name);
        assertArrayEquals(source.tensor(name).readAll(), tensor.readAll(), name);
      }
    }
    String config = Files.readString(output.resolve("config.json"));
    assertTrue(config.contains("Model\" ]"), config);
    assertArrayEquals(
        Files.readAllBytes(backbone.resolve("tokenizer.json")),
        Files.readAllBytes(output.resolve("tokenizer.json")));
  }

  @ParameterizedTest
  @EnumSource(names = {"LLAMA", "GPT2"})
  void theExportedModelIsTheBestOne(Stored stored) throws IOException {
    Path backbone =
        stored
            .checkpoint
            .weightType(WeightType.F32)
            .seed(random.nextLong())
            .write(folder.resolve("b"));
    for (int rank : new int[] {0, 2}) {
      ExitPlan plan =
          new ExitPlan(List.of(1, 2), ExitHead.Input.CLASS_TOKEN_AND_MEAN, rank, rank == 0);
      TuneResult result = run(backbone, "work", settings(plan, 2, 3e-3), new Log(-1));
      Path output = Files.createDirectory(folder.resolve("out" + rank));
      result.model().export(output);
      ExitPlan whole = new ExitPlan(List.of(1, 2), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false);
      try (ModelDirectory directory = ModelDirectory.openBackbone(output);
          Decoder decoder = TinyBackbone.decoder(directory, whole, Precision.F32)) {
        for (TunedModel.Head head : result.model().heads()) {
          put(decoder, ModelWeights.headWeight(head.exitLayer()), head.weight());
          put(decoder, ModelWeights.headBias(head.exitLayer()), head.bias());
        }
        EpochResult measured =
            ValidationPass.measure(
                TinyBackbone.engine(), decoder, 2, LABELS.size(), false, rows, 512, 1, 0);
        assertArrayEquals(result.best().losses(), measured.losses(), 1e-5);
      }
    }
  }

  private static void put(Decoder decoder, String name, float[] values) {
    for (Weight weight : decoder.weights().trained()) {
      if (weight.name().equals(name)) {
        FloatBuffer to = weight.exact();
        assertEquals(to.capacity(), values.length);
        to.put(0, values);
      }
    }
  }

  @Test
  void earlyStoppingKeepsTheBestEpoch() throws IOException {
    Path backbone = TinyCheckpoint.llama().seed(random.nextLong()).write(folder.resolve("b"));
    // With no learning no epoch is better than the first.
    TuneSettings settings =
        settings(new ExitPlan(List.of(1), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false), 9, 0);
    TuneResult result = run(backbone, "work", settings, new Log(-1));
    assertEquals(1, result.best().epoch());
    assertEquals(3, result.epochs().size());
  }

  @Test
  void anExitThatTheBackboneDoesNotReachIsRefused() throws IOException {
    Path backbone = TinyCheckpoint.llama().layers(2).write(folder.resolve("b"));
    TuneSettings settings =
        settings(new ExitPlan(List.of(1, 4), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false), 1, 0);
    AdeptException thrown =
        assertThrows(AdeptException.class, () -> run(backbone, "work", settings, new Log(-1)));
    assertTrue(thrown.getMessage().contains("has 2 layers"), thrown.getMessage());
    assertTrue(Files.notExists(folder.resolve("work")));
  }

  private TuneResult run(Path backbone, String work, TuneSettings settings, Log log) {
    return Tuner.run(
        ModelSource.of(backbone), folder.resolve(work), rows, rows, LABELS, settings, log);
  }

  private static TuneSettings settings(ExitPlan plan, int epochs, double rate) {
    return new TuneSettings(
        plan,
        LossSettings.defaults(),
        new Optimization(5, epochs, 8, 512, rate, rate, 0.1, 0, 1, 0.05, 0),
        Precision.F32,
        1,
        epochs > 9 ? epochs : 2);
  }
}
