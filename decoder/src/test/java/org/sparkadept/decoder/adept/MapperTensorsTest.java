package org.sparkadept.decoder.adept;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.HiddenStateMapper;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.HalfPrecision;
import org.sparkadept.decoder.tensor.Tensor;

/**
 * The mapper comes back from its file as it was written, in BF16, and so do mappers of version 1.
 */
class MapperTensorsTest {
  private static final int WIDTH = 24;
  private static final int OUTPUTS = 16;
  private static final int RANK = 3;

  @TempDir Path directory;

  private Random random;

  @BeforeEach
  void seed() {
    random = TestSeed.random();
  }

  private float[] random(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private AdeptWriter writer() {
    return new AdeptWriter(List.of("a", "b"), new int[] {1, 4}, PolicyKind.CONFIDENCE, 0.5f)
        .head(1, ExitHead.Input.CLASS_TOKEN, random(2 * WIDTH), random(2))
        .tokenExits(0.5f, new int[] {1}, true)
        .tokenPolicy(1, new TokenPolicy(random(6), 0));
  }

  private static float[] read(LinearTensors linear) {
    float[] values = new float[OUTPUTS * WIDTH];
    linear.weight().read(0, OUTPUTS, values, 0);
    return values;
  }

  private static float rounded(float value) {
    return HalfPrecision.fromBf16(HalfPrecision.toBf16(value));
  }

  @Test
  void whatIsWrittenIsAddedToTheCopy() throws IOException {
    TinyCheckpoint.llama().layers(4).labels("a", "b").write(directory);
    MapperCorrection low =
        new MapperCorrection(random(OUTPUTS * RANK), random(RANK * WIDTH), random(OUTPUTS));
    MapperCorrection whole = new MapperCorrection(null, random(OUTPUTS * WIDTH), random(OUTPUTS));
    writer().mapper(1, 2, low).mapper(1, 3, whole).write(directory);
    long bytes = 0;
    try (SafetensorsStore store =
        SafetensorsStore.openFile(directory.resolve(AdeptFormat.TENSOR_FILE))) {
      for (String name : store.names()) {
        Tensor tensor = store.tensor(name);
        bytes += name.startsWith("mapper.") ? tensor.size() * tensor.dtype().bytes() : 0;
      }
    }
    long numbers = RANK * (OUTPUTS + WIDTH);
    assertEquals(
        MapperCorrection.bytes(numbers, OUTPUTS)
            + MapperCorrection.bytes((long) OUTPUTS * WIDTH, OUTPUTS),
        bytes);
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      FittedExits exits = new FittedExits(opened, opened.tensors());
      HiddenStateMapper copies = exits.tokenExits(TokenExitKind.COPY).mapper();
      HiddenStateMapper mapper = exits.tokenExits(TokenExitKind.FITTED).mapper();
      float[] found = read(mapper.map(0, 1));
      float[] copy = read(copies.map(0, 1));
      for (int o = 0; o < OUTPUTS; o++) {
        for (int i = 0; i < WIDTH; i++) {
          double expected = copy[o * WIDTH + i];
          for (int k = 0; k < RANK; k++) {
            double factor = rounded(low.up()[o * RANK + k]);
            expected += factor * rounded(low.down()[k * WIDTH + i]);
          }
          assertEquals(expected, found[o * WIDTH + i], 1e-5 * (1 + Math.abs(expected)));
        }
      }
      assertArrayEquals(low.bias(), mapper.map(0, 1).bias());
      assertSame(mapper.map(0, 1), mapper.map(0, 1));

      found = read(mapper.map(0, 2));
      copy = read(copies.map(0, 2));
      for (int i = 0; i < found.length; i++) {
        assertEquals(copy[i] + rounded(whole.down()[i]), found[i], 1e-6 * (1 + Math.abs(found[i])));
      }
      assertArrayEquals(whole.bias(), mapper.map(0, 2).bias());
      assertSame(copies.map(0, 3), mapper.map(0, 3));
    }
  }

  @Test
  void theWholeMatricesOfVersion1AreReadAsTheyAre() throws IOException {
    TinyAdept adept = TinyAdept.of("adept", 0.5, 1, 3).withTokenExits(0.5, 1);
    TinyCheckpoint.llama().labels("a", "b").adept(adept).write(directory);
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      LinearTensors found =
          new FittedExits(opened, opened.tensors())
              .tokenExits(TokenExitKind.MODEL)
              .mapper()
              .map(0, 2);
      Tensor stored = opened.adept().orElseThrow().tensors().tensor("mapper.1.3.weight");
      assertEquals(DType.F32, stored.dtype());
      assertArrayEquals(stored.readAll(), read(found));
    }
  }

  @Test
  void aPartThatIsMissingOrOfAnotherShapeIsNamed() throws IOException {
    TinyCheckpoint.llama().layers(4).labels("a", "b").write(directory);
    writer()
        .mapper(
            1,
            2,
            new MapperCorrection(random(OUTPUTS * RANK), random(RANK * WIDTH), random(OUTPUTS)))
        .write(directory);
    assertBroken("mapper.1.2.down", new int[0], "mapper.1.2.down is absent");
    assertBroken("mapper.1.2.up", new int[] {OUTPUTS, RANK + 1}, "mapper.1.2.down has shape");
    assertBroken("mapper.1.2.bias", new int[0], "mapper.1.2.bias is absent");
  }

  /** Replaces a tensor, or leaves it out where the shape is empty, and expects an error. */
  private void assertBroken(String name, int[] shape, String message) throws IOException {
    Path file = directory.resolve(AdeptFormat.TENSOR_FILE);
    SafetensorsWriter broken = new SafetensorsWriter();
    byte[] whole = Files.readAllBytes(file);
    try (SafetensorsStore store = SafetensorsStore.openFile(file)) {
      for (String each : store.names()) {
        Tensor tensor = store.tensor(each);
        int[] dims = Arrays.stream(tensor.shape()).mapToInt(d -> (int) d).toArray();
        if (!each.equals(name)) {
          broken.add(each, tensor.dtype(), tensor.readAll(), dims);
        } else if (shape.length > 0) {
          broken.add(each, tensor.dtype(), random(shape[0] * shape[1]), shape);
        }
      }
    }
    broken.write(file);
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      HiddenStateMapper mapper =
          new FittedExits(opened, opened.tensors()).tokenExits(TokenExitKind.FITTED).mapper();
      CheckpointException e = assertThrows(CheckpointException.class, () -> mapper.map(0, 1));
      assertTrue(e.getMessage().contains(message), e.getMessage());
    }
    Files.write(file, whole);
  }
}
