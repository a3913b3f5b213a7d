package org.sparkadept.benchmarks.pytorch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.tokenizer.TokenizedText;

class RandomModelTest {
  private static final ModelSize SIZE = ModelSize.parse("4x64");
  private static final ComputeOptions CPU = ComputeOptions.defaults().withBackend("cpu");

  @TempDir private Path directory;

  @Test
  void aTextOfNumbersHasTheseTokens() throws IOException {
    RandomModel.write(directory, SIZE, 1);
    byte[][] texts = {"17 4 8191 0".getBytes(StandardCharsets.UTF_8)};

    try (LoadedModel model = LoadedModel.open(directory, CPU)) {
      assertArrayEquals(
          new int[] {17, 4, 8191, 0},
          model.classifier(ClassifierOptions.defaults()).tokenize(texts)[0].ids());
    }
  }

  @Test
  void theSeedAloneDecidesOnTheWeights() throws IOException {
    Path same = Files.createDirectory(directory.resolve("same"));
    Path other = Files.createDirectory(directory.resolve("other"));
    RandomModel.write(directory, SIZE, 1);
    RandomModel.write(same, SIZE, 1);
    RandomModel.write(other, SIZE, 2);

    String file = "model.safetensors";
    assertEquals(-1, Files.mismatch(directory.resolve(file), same.resolve(file)));
    assertTrue(Files.mismatch(directory.resolve(file), other.resolve(file)) >= 0);
  }

  @Test
  void answersDependOnTheRow() throws IOException {
    RandomModel.write(directory, SIZE, 1);

    try (LoadedModel model = LoadedModel.open(directory, CPU)) {
      Classifications answers =
          model.classifier(ClassifierOptions.defaults()).classify(RandomModel.rows(200, 20, 3));
      Set<Integer> labels = new HashSet<>();
      for (int row = 0; row < answers.size(); row++) {
        labels.add(answers.labelIndex(row));
      }
      assertTrue(labels.size() > ModelSize.LABELS / 2, labels.toString());
    }
  }

  @Test
  void lengthsSpreadAboutTheMedianWithinTheirBounds() throws IOException {
    byte[][] texts = RandomModel.rows(2000, 64, 5);
    int[] lengths =
        Arrays.stream(texts)
            .mapToInt(text -> new String(text, StandardCharsets.UTF_8).split(" ").length)
            .sorted()
            .toArray();

    assertEquals(64, lengths[1000], 4);
    assertTrue(lengths[0] >= 4 && lengths[0] < 20, "shortest " + lengths[0]);
    assertEquals(RandomModel.LONGEST_ROW, lengths[1999]);
    assertArrayEquals(texts, RandomModel.rows(2000, 64, 5));
  }

  @Test
  void theGivenShareLeavesAtEachExit() throws IOException {
    byte[][] texts = RandomModel.rows(400, 20, 3);
    RandomModel.write(directory, SIZE, 1);
    RandomExits.write(directory, SIZE, texts, 0.75, 1, CPU);

    try (LoadedModel model = LoadedModel.open(directory, CPU)) {
      Classifications answers = model.classifier(ClassifierOptions.defaults()).classify(texts);
      int[] left = new int[SIZE.layers()];
      for (int row = 0; row < answers.size(); row++) {
        left[answers.exitLayer(row) - 1]++;
      }
      assertArrayEquals(new int[] {300, 75, 19, 6}, left);
    }
  }

  @Test
  void rowsAreWrittenForPyTorchAsTheEngineHasThem() throws IOException {
    RandomModel.write(directory, SIZE, 1);
    byte[][] texts = {utf8("5 6 7"), null, utf8(""), utf8("8")};
    RandomExits.write(directory, SIZE, new byte[][] {texts[0], texts[3]}, 0.5, 1, CPU);
    Path file = directory.resolve("rows");

    Workload workload = Workload.of("name", "exits", directory, texts, file);

    assertEquals("[5, 6, 7]\n[8]\n", Files.readString(file));
    assertArrayEquals(new int[] {3, 1}, workload.tokens());
    TokenizedText[] rows = workload.rows();
    assertArrayEquals(new int[] {8}, rows[1].ids());
  }

  @Test
  void aModelWithoutExitsAndTextsWithoutTokensAreRefused() throws IOException {
    RandomModel.write(directory, SIZE, 1);
    Path file = directory.resolve("rows");
    byte[][] texts = {utf8("1 2")};
    AdeptException e =
        assertThrows(
            AdeptException.class, () -> Workload.of("name", "exits", directory, texts, file));
    assertTrue(e.getMessage().contains("has no exits before its last layer"), e.getMessage());
    RandomExits.write(directory, SIZE, texts, 0.5, 1, CPU);
    e =
        assertThrows(
            AdeptException.class,
            () -> Workload.of("name", "exits", directory, new byte[][] {utf8("")}, file));
    assertTrue(e.getMessage().contains("None of the texts"), e.getMessage());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
