package org.sparkadept.training.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyFamilies;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.model.BlockFeature;
import org.sparkadept.decoder.oracle.HuggingFaceOracle;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.HalfPrecision;
import org.sparkadept.training.TinyBackbone;
import org.sparkadept.training.torch.Precision;

class DecoderTest {
  private static final int LABELS = TinyBackbone.LABELS;
  private static final Decoder.Mode GRADIENTS = new Decoder.Mode(true, false);

  @TempDir private Path folder;

  private final Engine engine = TinyBackbone.engine();
  private final Random random = TestSeed.random();

  /** What differs between the models that can be tuned. */
  enum Backbone {
    LLAMA(() -> TinyCheckpoint.llama().llama3Scaling()),
    BIASES(() -> TinyCheckpoint.llama().attentionBias().mlpBias().untied()),
    LINEAR(() -> TinyCheckpoint.llama().linearScaling(3).withoutPrefix()),
    MISTRAL(TinyCheckpoint::mistral),
    QWEN2(TinyCheckpoint::qwen2),
    QWEN3(TinyCheckpoint::qwen3),
    GPT2(TinyCheckpoint::gpt2),
    SHARDS(() -> TinyCheckpoint.llama().shards(3));

    private final Supplier<TinyCheckpoint> checkpoint;

    Backbone(Supplier<TinyCheckpoint> checkpoint) {
      this.checkpoint = checkpoint;
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsOutEveryExitAsWrittenDown(Backbone backbone) throws IOException {
    Path model = backbone.checkpoint.get().withoutHead().seed(random.nextLong()).write(folder);
    compareWithOracle(
        model, new ExitPlan(List.of(1, 3), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false), 13);
  }

  @Test
  void readsOutTheClassTokenAloneAndTrainsTheEmbedding() throws IOException {
    Path model = TinyCheckpoint.llama().seed(random.nextLong()).write(folder);
    compareWithOracle(model, new ExitPlan(List.of(1, 2), ExitHead.Input.CLASS_TOKEN, 0, true), 13);
  }

  @Test
  void readsRowsOfOneTokenAndRowsThatAreAttendedInPieces() throws IOException {
    Path model = TinyCheckpoint.mistral().positions(256).seed(random.nextLong()).write(folder);
    int longRow = DecoderProgram.LONG_ROW + 20;
    compareWithOracle(
        model, new ExitPlan(List.of(2), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false), longRow);
  }

  /** Rows of one token, of a few and of a given number, against double precision, within 1e-4. */
  private void compareWithOracle(Path model, ExitPlan plan, int longest) throws IOException {
    int[] lengths = {1, 2, 5, longest};
    TrainingRow[] rows = new TrainingRow[lengths.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new TrainingRow(random.ints(lengths[i], 0, 259).toArray(), 0);
    }
    Batch batch = Batch.of(List.of(rows));
    try (ModelDirectory directory = ModelDirectory.openBackbone(model);
        Decoder decoder = TinyBackbone.decoder(directory, plan, Precision.F32)) {
      TinyBackbone.randomize(decoder, random);
      writeHeads(model, decoder, plan);
      float[] logits = logits(decoder, batch);
      for (int row = 0; row < rows.length; row++) {
        for (int exit = 0; exit < plan.exits(); exit++) {
          int from = (exit * rows.length + row) * LABELS;
          int layer = plan.exitLayers().get(exit);
          double[] expected = HuggingFaceOracle.exitLogits(model, rows[row].tokens(), layer);
          for (int label = 0; label < LABELS; label++) {
            assertEquals(expected[label], logits[from + label], 1e-4, "row " + row);
          }
        }
      }
    }
  }

  private static void writeHeads(Path model, Decoder decoder, ExitPlan plan) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (int layer : plan.exitLayers()) {
      float[] weight = values(weight(decoder, ModelWeights.headWeight(layer)));
      float[] bias = values(weight(decoder, ModelWeights.headBias(layer)));
      writer.add(AdeptFormat.headWeight(layer), DType.F32, weight, LABELS, weight.length / LABELS);
      writer.add(AdeptFormat.headBias(layer), DType.F32, bias, LABELS);
    }
    writer.write(model.resolve(AdeptFormat.TENSOR_FILE));
  }

  private static float[] values(Weight weight) {
    float[] values = new float[weight.size()];
    weight.exact().get(0, values);
    return values;
  }

  @Test
  void aRowIsComputedAloneAsInABatch() throws IOException {
    Path model = TinyCheckpoint.qwen3().seed(random.nextLong()).write(folder);
    List<TrainingRow> rows = TinyBackbone.rows(5, random);
    try (ModelDirectory directory = ModelDirectory.openBackbone(model);
        Decoder decoder =
            TinyBackbone.decoder(
                directory,
                new ExitPlan(List.of(3), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false),
                Precision.F32)) {
      TinyBackbone.randomize(decoder, random);
      float[] together = logits(decoder, Batch.of(rows));
      for (int row = 0; row < rows.size(); row++) {
        float[] alone = logits(decoder, Batch.of(rows.subList(row, row + 1)));
        assertArrayEquals(
            alone, Arrays.copyOfRange(together, row * LABELS, (row + 1) * LABELS), 1e-5f);
      }
    }
  }

  /** The steepest element of every weight, within 5 % of a difference quotient. */
  @ParameterizedTest
  @EnumSource(names = {"BIASES", "QWEN3", "GPT2"})
  void gradientsAreSlopesOfTheLoss(Backbone backbone) throws IOException {
    Path model = backbone.checkpoint.get().withoutHead().seed(random.nextLong()).write(folder);
    slopes(model, new ExitPlan(List.of(1, 2), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, true));
  }

  @Test
  void gradientsOfLoraAreSlopesOfTheLoss() throws IOException {
    Path model = TinyCheckpoint.llama().seed(random.nextLong()).write(folder);
    slopes(model, new ExitPlan(List.of(2), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 3, false));
  }

  private void slopes(Path model, ExitPlan plan) throws IOException {
    Batch batch = Batch.of(TinyBackbone.rows(4, random));
    try (ModelDirectory directory = ModelDirectory.openBackbone(model);
        Decoder decoder = TinyBackbone.decoder(directory, plan, Precision.F32)) {
      TinyBackbone.randomize(decoder, random);
      Map<String, float[]> gradients = gradients(decoder, batch);
      for (Weight weight : decoder.weights().trained()) {
        float[] gradient = gradients.get(weight.name());
        int steepest = 0;
        for (int i = 1; i < gradient.length; i++) {
          steepest = Math.abs(gradient[i]) > Math.abs(gradient[steepest]) ? i : steepest;
        }
        float value = weight.exact().get(steepest);
        float step = 2e-3f;
        weight.exact().put(steepest, value + step);
        double difference = loss(decoder, batch);
        weight.exact().put(steepest, value - step);
        difference -= loss(decoder, batch);
        weight.exact().put(steepest, value);
        double slope = difference / (2 * step);
        assertEquals(slope, gradient[steepest], 0.05 * Math.abs(slope) + 0.02, weight.name());
      }
    }
  }

  /** Rounding to eight bits: the gradient of every weight within 10 % of its length. */
  @Test
  void gradientsInHalfPrecisionPointTheSameWay() throws IOException {
    Path model = TinyCheckpoint.llama().width(32).seed(random.nextLong()).write(folder);
    ExitPlan plan = new ExitPlan(List.of(1, 3), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false);
    Batch batch = Batch.of(TinyBackbone.rows(8, random));
    long heads = random.nextLong();
    try (ModelDirectory directory = ModelDirectory.openBackbone(model);
        Decoder exact = TinyBackbone.decoder(directory, plan, Precision.F32);
        Decoder half = TinyBackbone.decoder(directory, plan, Precision.BF16)) {
      TinyBackbone.randomize(exact, new Random(heads));
      TinyBackbone.randomize(half, new Random(heads));
      Map<String, float[]> expected = gradients(exact, batch);
      Map<String, float[]> rounded = gradients(half, batch);
      for (Weight weight : half.weights().trained()) {
        float[] wanted = expected.get(weight.name());
        float[] found = rounded.get(weight.name());
        double difference = 0;
        double length = 0;
        for (int i = 0; i < wanted.length; i++) {
          difference += Math.pow(wanted[i] - found[i], 2);
          length += Math.pow(wanted[i], 2);
        }
        double error = Math.sqrt(difference / length);
        assertTrue(error < 0.1, weight.name() + " is off by " + error);
      }
    }
  }

  @Test
  void otherBlocksAreRefusedByWhatTheyHave() throws IOException {
    for (TinyCheckpoint other : TinyFamilies.all().values()) {
      Path model = other.write(folder);
      try (ModelDirectory directory = ModelDirectory.openBackbone(model)) {
        AdeptException refusal =
            assertThrows(
                AdeptException.class, () -> WeightPlan.requireTunable(directory.tensors()));
        for (BlockFeature feature : directory.config().features()) {
          assertTrue(refusal.getMessage().contains(feature.toString()), refusal.getMessage());
        }
      }
    }
  }

  @Test
  void equalSharesChangeGradientsOnly() throws IOException {
    Path model = TinyCheckpoint.llama().seed(random.nextLong()).write(folder);
    ExitPlan plan = new ExitPlan(List.of(1, 2), ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false);
    Batch batch = Batch.of(TinyBackbone.rows(4, random));
    try (ModelDirectory directory = ModelDirectory.openBackbone(model);
        Decoder decoder = TinyBackbone.decoder(directory, plan, Precision.F32)) {
      TinyBackbone.randomize(decoder, random);
      Map<String, float[]> plain = gradients(decoder, batch);
      Map<String, float[]> shared = gradients(decoder, batch, new Decoder.Mode(true, true));
      // Above the first exit the only gradient is that of the second, whole.
      String above = ModelWeights.layer(1, "down.weight");
      assertArrayEquals(plain.get(above), shared.get(above), 1e-5f);
      // A half of each: below, the two exits' gradients are halved.
      String below = ModelWeights.layer(0, "down.weight");
      float[] half = plain.get(below).clone();
      for (int i = 0; i < half.length; i++) {
        half[i] /= 2;
      }
      assertArrayEquals(half, shared.get(below), 1e-4f);
    }
  }

  private Map<String, float[]> gradients(Decoder decoder, Batch batch) {
    return gradients(decoder, batch, GRADIENTS);
  }

  private Map<String, float[]> gradients(Decoder decoder, Batch batch, Decoder.Mode mode) {
    Map<String, float[]> gradients = new HashMap<>();
    try (NDManager scope = engine.newBaseManager()) {
      try (GradientCollector collector = engine.newGradientCollector()) {
        collector.backward(decoder.forward(scope, batch, mode).square().sum());
      }
      for (Weight weight : decoder.weights().trained()) {
        float[] values = new float[weight.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] =
              weight.isHalf()
                  ? HalfPrecision.fromBf16(weight.gradient().asShortBuffer().get(i))
                  : weight.gradient().asFloatBuffer().get(i);
        }
        gradients.put(weight.name(), values);
      }
    }
    return gradients;
  }

  private double loss(Decoder decoder, Batch batch) {
    double sum = 0;
    for (float logit : logits(decoder, batch)) {
      sum += (double) logit * logit;
    }
    return sum;
  }

  private float[] logits(Decoder decoder, Batch batch) {
    try (NDManager scope = engine.newBaseManager()) {
      return decoder.forward(scope, batch, Decoder.Mode.INFERENCE).toFloatArray();
    }
  }

  private static Weight weight(Decoder decoder, String name) {
    for (Weight weight : decoder.weights().trained()) {
      if (weight.name().equals(name)) {
        return weight;
      }
    }
    throw new IllegalArgumentException(name);
  }
}
