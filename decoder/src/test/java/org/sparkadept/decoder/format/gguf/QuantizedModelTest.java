package org.sparkadept.decoder.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyGguf;
import org.sparkadept.decoder.fixture.TinyTokenizer;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.HalfPrecision;
import org.sparkadept.decoder.tensor.Tensor;

/** A model of random blocks answers as the Hugging Face directory of its dequantized weights. */
class QuantizedModelTest {
  private static final int WIDTH = 256;
  private static final List<String> MATRICES =
      List.of(
          "token_embd",
          "blk.0.attn_q",
          "blk.0.attn_k",
          "blk.0.attn_v",
          "blk.0.attn_output",
          "blk.0.ffn_gate",
          "blk.0.ffn_up",
          "blk.0.ffn_down");

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "F16", "BF16"})
  void answersAreThoseOfTheDequantizedWeightsBitForBit(GgufType type) throws IOException {
    Random random = TestSeed.random();
    Path gguf = write(type, random);
    Path plain = dequantized(gguf);
    float[] head = new float[2 * WIDTH];
    for (int i = 0; i < head.length; i++) {
      head[i] = (float) random.nextGaussian();
    }
    for (Path model : List.of(gguf, plain)) {
      new AdeptWriter(List.of("a", "b"), new int[] {1}, PolicyKind.NONE, Float.NaN)
          .head(1, ExitHead.Input.CLASS_TOKEN, head, new float[2])
          .write(model);
    }
    Classifications expected = classify(plain);
    Classifications actual = classify(gguf);
    for (int row = 0; row < expected.size(); row++) {
      assertTrue(Float.isFinite(expected.score(row)), "row " + row);
      assertArrayEquals(expected.probabilities(row), actual.probabilities(row), "row " + row);
    }
  }

  private Path write(GgufType type, Random random) throws IOException {
    TinyCheckpoint checkpoint =
        TinyCheckpoint.llama().withoutHead().layers(1).width(WIDTH).heads(4, 2, 64).mlpWidth(WIDTH);
    TinyGguf file = TinyGguf.of(checkpoint);
    int id = 0;
    while (GgufType.of(id) != type) {
      id++;
    }
    for (String name : MATRICES) {
      int rows =
          name.equals("token_embd")
              ? TinyTokenizer.VOCABULARY
              : name.endsWith("_k") || name.endsWith("_v") ? WIDTH / 2 : WIDTH;
      file.withoutTensor(name + ".weight")
          .tensor(name + ".weight", id, new long[] {WIDTH, rows}, blocks(type, rows, random));
    }
    return file.write(folder.resolve("gguf"));
  }

  /** Random blocks, but for their factors in half precision, which are small. */
  private static byte[] blocks(GgufType type, int rows, Random random) {
    byte[] bytes = new byte[rows * WIDTH / type.numbers() * type.bytes()];
    random.nextBytes(bytes);
    for (int block = 0; block < bytes.length; block += type.bytes()) {
      int factor = block + (type == GgufType.Q6_K ? type.bytes() - 2 : 0);
      putHalf(bytes, factor, random);
      if (List.of(GgufType.Q4_1, GgufType.Q5_1, GgufType.Q4_K, GgufType.Q5_K).contains(type)) {
        putHalf(bytes, factor + 2, random);
      }
    }
    return bytes;
  }

  private static void putHalf(byte[] bytes, int at, Random random) {
    short half = HalfPrecision.toF16((random.nextFloat() - 0.5f) / 500);
    bytes[at] = (byte) half;
    bytes[at + 1] = (byte) (half >> 8);
  }

  private Path dequantized(Path gguf) throws IOException {
    Path directory = Files.createDirectories(folder.resolve("plain"));
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Checkpoint checkpoint = Checkpoint.open(gguf)) {
      for (String name : checkpoint.tensors().names()) {
        Tensor tensor = checkpoint.tensors().tensor(name);
        int[] shape = Arrays.stream(tensor.shape()).mapToInt(Math::toIntExact).toArray();
        writer.add(name, DType.F32, tensor.readAll(), shape);
      }
      Files.writeString(directory.resolve("config.json"), checkpoint.config().toJson());
      Files.writeString(
          directory.resolve("tokenizer.json"), checkpoint.tokenizer().made().orElseThrow().get());
    }
    writer.write(directory.resolve("model.safetensors"));
    return directory;
  }

  private static Classifications classify(Path model) {
    byte[][] texts = {
      "a".getBytes(StandardCharsets.UTF_8),
      "the quick brown fox".getBytes(StandardCharsets.UTF_8),
      "and another, longer text of some words".getBytes(StandardCharsets.UTF_8)
    };
    try (LoadedModel loaded = LoadedModel.open(model, ComputeOptions.defaults())) {
      return loaded.classifier(ClassifierOptions.defaults()).classify(texts, true);
    }
  }
}
