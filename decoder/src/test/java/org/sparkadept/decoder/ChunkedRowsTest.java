package org.sparkadept.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.prompt.ChunkMerge;
import org.sparkadept.decoder.prompt.LongRows;
import org.sparkadept.decoder.prompt.RowTexts;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.result.Explanation;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/** A model of random weights, whose rows leave early on confidence. */
class ChunkedRowsTest {
  private static final int MAX_TOKENS = 24;

  @TempDir Path directory;

  @BeforeEach
  void write() throws IOException {
    TinyCheckpoint.llama()
        .layers(4)
        .positions(128)
        .seed(TestSeed.value())
        .adept(TinyAdept.confidence(0.7, 1, 2, 4))
        .write(directory);
  }

  private static ClassifierOptions options(LongRows.Merge merge) {
    return ClassifierOptions.defaults()
        .withMaxTokens(MAX_TOKENS)
        .withBatching(64, 100)
        .withLongRows(LongRows.chunks(5, merge));
  }

  private static byte[][] rows(Random random, int count) {
    byte[][] rows = new byte[count][];
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder("t");
      int length = random.nextInt(i % 2 == 0 ? 20 : 300);
      for (int c = 0; c < length; c++) {
        text.append((char) ('a' + random.nextInt(26)));
      }
      rows[i] = text.toString().getBytes(StandardCharsets.UTF_8);
    }
    rows[count / 2] = null;
    return rows;
  }

  @ParameterizedTest
  @EnumSource(LongRows.Merge.class)
  void aRowsAnswerIsTheMergeOfItsChunks(LongRows.Merge merge) {
    byte[][] rows = rows(TestSeed.random(), 60);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(options(merge));
      Classifications answers = classifier.classify(rows, true);
      long flops = 0;
      for (int row = 0; row < rows.length; row++) {
        if (rows[row] == null) {
          assertFalse(answers.scored(row));
          assertNull(answers.error(row));
          continue;
        }
        ChunkMerge merged = new ChunkMerge(merge);
        int tokens = 0;
        int deepest = 0;
        long ofRow = 0;
        Iterator<TokenizedText> chunks = classifier.chunks(rows[row]);
        while (chunks.hasNext()) {
          TokenizedText[] alone = {chunks.next()};
          Classifications one = classifier.classify(alone, true);
          merged.add(one.probabilities(0));
          tokens += one.tokens(0);
          deepest = Math.max(deepest, one.exitLayer(0));
          ofRow += one.flops(0);
        }
        assertArrayEquals(merged.probabilities(), answers.probabilities(row), "row " + row);
        assertEquals(ChunkMerge.top(merged.probabilities()), answers.labelIndex(row));
        assertEquals(answers.probabilities(row)[answers.labelIndex(row)], answers.score(row));
        assertEquals(tokens, answers.tokens(row));
        assertEquals(deepest, answers.exitLayer(row));
        assertEquals(ofRow, answers.flops(row));
        assertEquals(merged.chunks(), answers.chunks(row));
        assertFalse(answers.truncated(row));
        flops += ofRow;
      }
      assertEquals(flops, answers.statistics().flops());
    }
  }

  @Test
  void aRowsAnswerDoesNotDependOnOthers() {
    byte[][] rows = rows(TestSeed.random(), 30);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(options(LongRows.Merge.MEAN));
      Classifications together = classifier.classify(rows, true);
      for (int row = 0; row < rows.length; row++) {
        Classifications alone = classifier.classify(new byte[][] {rows[row]}, true);
        assertArrayEquals(together.probabilities(row), alone.probabilities(0));
        assertEquals(together.exitLayer(row), alone.exitLayer(0));
      }
    }
  }

  @Test
  void rowsThatFitAreAnsweredAsWithoutChunks() {
    byte[][] rows = rows(TestSeed.random(), 40);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifications chunked = model.classifier(options(LongRows.Merge.MEAN)).classify(rows, true);
      Classifications cut =
          model
              .classifier(options(LongRows.Merge.MEAN).withLongRows(LongRows.CUT))
              .classify(rows, true);
      int whole = 0;
      for (int row = 0; row < rows.length; row++) {
        if (rows[row] != null && !cut.truncated(row)) {
          whole++;
          assertEquals(1, chunked.chunks(row));
          assertEquals(cut.score(row), chunked.score(row));
          assertEquals(cut.label(row), chunked.label(row));
          assertArrayEquals(cut.probabilities(row), chunked.probabilities(row));
        } else if (rows[row] != null) {
          assertTrue(chunked.chunks(row) > 1);
        }
      }
      assertTrue(whole > 5);
    }
  }

  @Test
  void tracesOfChunksGiveTheAnswer() {
    byte[][] rows = rows(TestSeed.random(), 20);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(options(LongRows.Merge.MEAN));
      Classifications answers = classifier.classify(rows, true);
      ExitTrace[][] traces = classifier.traceChunks(rows, true);
      for (int row = 0; row < rows.length; row++) {
        if (rows[row] == null) {
          assertNull(traces[row]);
          continue;
        }
        assertEquals(answers.chunks(row), traces[row].length);
        ChunkMerge merged = new ChunkMerge(LongRows.Merge.MEAN);
        Arrays.stream(traces[row])
            .forEach(trace -> merged.add(trace.probabilities()[trace.answer()]));
        assertArrayEquals(answers.probabilities(row), merged.probabilities());
      }
    }
  }

  @Test
  void anErrorInAColumnIsTheRowsAndOthersAreAnswered() throws IOException {
    JsonEdit.edit(
        directory.resolve("adept.json"),
        json -> json.putObject("prompt").put("template", "{a}|{b}"));
    byte[] good = "a\u001fb".getBytes(StandardCharsets.UTF_8);
    byte[] bad = RowTexts.pack(new byte[][] {{(byte) 0xff}, {'b'}});
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifications answers =
          model
              .classifier(options(LongRows.Merge.MEAN))
              .classify(new byte[][] {good, bad, "one".getBytes(StandardCharsets.UTF_8)});
      assertTrue(answers.scored(0));
      assertTrue(answers.error(1).startsWith("column 'a': text is not valid UTF-8"));
      assertTrue(answers.error(2).contains("reads the columns a, b"));
    }
  }

  @Test
  void aLongTextThatIsAnsweredInChunksIsNotExplained() {
    byte[] text = "x".repeat(100).getBytes(StandardCharsets.UTF_8);
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier = model.classifier(options(LongRows.Merge.MEAN));
      AdeptException e = assertThrows(AdeptException.class, () -> classifier.explain(text));
      assertTrue(e.getMessage().contains("--long cut"), e.getMessage());
      classifier.explain("short".getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void anExplanationShowsThePromptsTokens() throws IOException {
    JsonEdit.edit(
        directory.resolve("adept.json"),
        json -> json.putObject("prompt").put("template", "Q {a}?"));
    try (LoadedModel model = LoadedModel.open(directory, ComputeOptions.defaults())) {
      Classifier classifier =
          model.classifier(ClassifierOptions.defaults().withMaxTokens(MAX_TOKENS));
      Explanation explained = classifier.explain("abc".getBytes(StandardCharsets.UTF_8));
      assertEquals("Q abc?", explained.text());
      assertEquals("Q abc?", String.join("", explained.tokens().subList(0, 6)));
      assertEquals(explained.trace().tokens(), explained.tokens().size());
      Explanation cut = classifier.explain("abc".repeat(90).getBytes(StandardCharsets.UTF_8));
      assertTrue(cut.truncated());
      assertTrue(cut.text().startsWith("Q abcabc") && cut.text().endsWith("?"), cut.text());
      assertEquals(MAX_TOKENS, cut.tokens().size());
    }
  }
}
