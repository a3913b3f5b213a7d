package org.sparkadept.decoder.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyTokenizer;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/** With a vocabulary that was learned, in which tokens reach over the borders of a template. */
class RowTokenizerTest {
  private static final Path LEARNED = Path.of("../models/adept-dbpedia14/tokenizer.json");
  private static final Prompt TWO = Prompt.of("Title: {title}\nText: {text}\nTopic:", "");
  private static final String[] PIECES = {
    "the ",
    "company",
    " in",
    " 1984",
    "\n",
    "  ",
    "é",
    "日本語",
    "\uD83D\uDE00",
    "e\u0301",
    "x",
    "-",
    "'s"
  };

  private static TextTokenizer tokenizer;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    tokenizer = TextTokenizer.open(LEARNED);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  private static byte[] row(String... texts) {
    byte[][] bytes = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      bytes[i] = texts[i] == null ? null : texts[i].getBytes(StandardCharsets.UTF_8);
    }
    return RowTexts.pack(bytes);
  }

  private static TokenizedText encode(RowTokenizer rows, String... texts) {
    return rows.encode(new byte[][] {row(texts)})[0];
  }

  private static RowTokenizer cutting(Prompt prompt, int maxTokens) {
    return new RowTokenizer(tokenizer, prompt, maxTokens, LongRows.CUT);
  }

  private static String random(Random random, int pieces) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pieces; i++) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.toString();
  }

  @Test
  void idsAreThoseOfTheWholePromptWhereItFits() {
    Random random = TestSeed.random();
    RowTokenizer rows = cutting(TWO, 200);
    for (int round = 0; round < 300; round++) {
      String title = random(random, random.nextInt(8));
      String text = "a" + random(random, random.nextInt(30));
      TokenizedText encoded = encode(rows, title, text);
      assertNull(encoded.error());
      assertFalse(encoded.truncated());
      assertArrayEquals(
          tokenizer.encode("Title: " + title + "\nText: " + text + "\nTopic:"), encoded.ids());
    }
  }

  @Test
  void longTextsAreCutAndNeitherTheTemplateNorShortTexts() {
    Random random = TestSeed.random();
    for (int round = 0; round < 300; round++) {
      int maxTokens = 70 + random.nextInt(60);
      RowTokenizer rows = cutting(TWO, maxTokens);
      String title = random(random, 1 + random.nextInt(6));
      String text = random(random, 150 + random.nextInt(300));
      TokenizedText encoded = encode(rows, title, text);
      assertTrue(encoded.truncated());
      assertTrue(encoded.ids().length <= maxTokens, "never more than the bound");
      assertTrue(
          encoded.ids().length > maxTokens - 6, () -> encoded.ids().length + " of " + maxTokens);
      String shown = rows.show(row(title, text)).text();
      assertArrayEquals(tokenizer.encode(shown), encoded.ids());
      assertTrue(shown.startsWith("Title: " + title + "\nText: "), shown);
      assertTrue(shown.endsWith("\nTopic:"), shown);
      String kept = shown.substring(("Title: " + title + "\nText: ").length(), shown.length() - 7);
      assertTrue(text.startsWith(kept));
      assertFalse(Character.isHighSurrogate(kept.charAt(kept.length() - 1)));
    }
  }

  @Test
  void textsThatAreBothLongAreCutToOneLength() {
    RowTokenizer rows = cutting(TWO, 40);
    String title = "red ".repeat(100);
    String shown = rows.show(row(title, "blue ".repeat(100))).text();
    int text = shown.indexOf("\nText: ") - "Title: ".length();
    assertEquals(text, shown.length() - shown.indexOf("blue") - "\nTopic:".length());
  }

  @Test
  void theRowsShowAsManyTokensAsTheyHave() {
    RowTokenizer rows = cutting(TWO, 40);
    byte[] row = row("a title", "some text ".repeat(40));
    assertEquals(rows.encode(new byte[][] {row})[0].ids().length, rows.show(row).tokens().size());
    assertEquals("Title", String.join("", rows.show(row).tokens()).strip().substring(0, 5));
  }

  @Test
  void aRowIsItsTextWithoutAPrompt() {
    RowTokenizer rows = cutting(null, 20);
    String text = "some text ".repeat(40);
    TokenizedText expected = tokenizer.encode(text.getBytes(StandardCharsets.UTF_8), 20);
    assertArrayEquals(expected.ids(), encode(rows, text).ids());
    assertTrue(encode(rows, text).truncated());
    assertNull(rows.encode(new byte[][] {null})[0]);
  }

  @Test
  void rowsThatCannotBeReadHaveAnError() {
    RowTokenizer rows = cutting(TWO, 40);
    assertNull(rows.encode(new byte[][] {null})[0]);
    assertEquals("text is empty", encode(rows, "", null).error());
    assertNull(encode(rows, null, "x").error());
    assertEquals(
        "the model's prompt reads the columns title, text, but the row has 1 text",
        rows.encode(new byte[][] {"one".getBytes(StandardCharsets.UTF_8)})[0].error());
    byte[] bad = RowTexts.pack(new byte[][] {{'a', (byte) 0xff}, {'b'}});
    String error = rows.encode(new byte[][] {bad})[0].error();
    assertTrue(
        error.startsWith("column 'title': text is not valid UTF-8 (first bad byte at offset 1)"),
        error);
  }

  @Test
  void aPromptThatLeavesNoRoomIsRefusedWithItsTokens() {
    int tokens = tokenizer.encode("Title: \nText: \nTopic:").length;
    cutting(TWO, tokens + 1);
    AdeptException e = assertThrows(AdeptException.class, () -> cutting(TWO, tokens));
    assertTrue(e.getMessage().contains("The prompt has " + tokens + " tokens"), e.getMessage());
    assertTrue(e.getMessage().contains("--max-tokens) is " + tokens), e.getMessage());
  }

  @Test
  void anOverlapOfMoreThanHalfAChunkIsRefused() {
    LongRows long16 = LongRows.chunks(16, LongRows.Merge.MEAN);
    new RowTokenizer(tokenizer, null, 32 + tokenizer.specialTokens(), long16);
    AdeptException e =
        assertThrows(
            AdeptException.class,
            () -> new RowTokenizer(tokenizer, null, 31 + tokenizer.specialTokens(), long16));
    assertTrue(e.getMessage().contains("--chunk-overlap) is 16"), e.getMessage());
    assertTrue(e.getMessage().contains("lower the overlap to 15"), e.getMessage());
  }

  @Test
  void aChatFormatNeedsItsMarkers() throws IOException {
    Path file = directory.resolve("tokenizer.json");
    TinyTokenizer.plain().write(file);
    try (TextTokenizer tiny = TextTokenizer.open(file)) {
      AdeptException e =
          assertThrows(
              AdeptException.class,
              () -> new RowTokenizer(tiny, Prompt.of("{a}", "chatml"), 90, LongRows.CUT));
      assertTrue(e.getMessage().contains("<|im_start|>"), e.getMessage());
      assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    }
  }

  @Test
  void aCharacterOfMoreTokensThanThereIsRoomForIsAnError() throws IOException {
    Path file = directory.resolve("tokenizer.json");
    TinyTokenizer.appendingClass().write(file);
    try (TextTokenizer tiny = TextTokenizer.open(file)) {
      RowTokenizer rows = new RowTokenizer(tiny, Prompt.of("ab {x}", ""), 6, LongRows.CUT);
      assertEquals(
          "text does not fit: 2 of 6 tokens are left for it",
          encode(rows, "\uD83D\uDE00\uD83D\uDE00").error());
      RowTokenizer chunks =
          new RowTokenizer(
              tiny, Prompt.of("ab {x}", ""), 6, LongRows.chunks(0, LongRows.Merge.MEAN));
      List<TokenizedText> found = all(chunks, row("abc\uD83D\uDE00d"));
      assertEquals("ab ab", text(found.get(0)));
      assertNotNull(found.get(found.size() - 1).error());
    }
  }

  private static String text(TokenizedText tiny) {
    StringBuilder text = new StringBuilder();
    for (int id : tiny.ids()) {
      text.append(id < 256 ? String.valueOf((char) id) : "");
    }
    return text.toString();
  }

  private static List<TokenizedText> all(RowTokenizer rows, byte[] row) {
    List<TokenizedText> all = new ArrayList<>();
    rows.chunks(row).forEachRemaining(all::add);
    return all;
  }

  @Test
  void aRowThatFitsIsOneChunkAsWithoutChunks() {
    LongRows chunks = LongRows.chunks(8, LongRows.Merge.MEAN);
    for (Prompt prompt : new Prompt[] {null, Prompt.of("<{text}>", "")}) {
      RowTokenizer rows = new RowTokenizer(tokenizer, prompt, 50, chunks);
      byte[] row = row("a short text");
      List<TokenizedText> all = all(rows, row);
      assertEquals(1, all.size());
      assertArrayEquals(rows.encode(new byte[][] {row})[0].ids(), all.get(0).ids());
      assertFalse(all.get(0).truncated());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 12})
  void chunksCoverTheLongestTextWithTheOverlapAndTheTemplateInEach(int overlap) {
    Random random = TestSeed.random();
    for (int round = 0; round < 60; round++) {
      int maxTokens = 60 + random.nextInt(40);
      RowTokenizer rows =
          new RowTokenizer(
              tokenizer, TWO, maxTokens, LongRows.chunks(overlap, LongRows.Merge.MEAN));
      String title = random(random, random.nextInt(4));
      String text = random(random, 200 + random.nextInt(500));
      Iterator<TokenizedText> chunks = rows.chunks(row(title, text));
      RowChunks found = (RowChunks) chunks;
      int before = 0;
      int count = 0;
      while (found.hasNext()) {
        TokenizedText chunk = found.next();
        assertNull(chunk.error());
        assertFalse(chunk.truncated());
        assertTrue(chunk.ids().length <= maxTokens);
        String piece = text.substring(found.start(), found.end());
        assertArrayEquals(
            tokenizer.encode("Title: " + title + "\nText: " + piece + "\nTopic:"), chunk.ids());
        assertTrue(found.start() <= before && found.end() > before, "no gap, and on");
        int shared = tokenizer.encode(text.substring(found.start(), before)).length;
        assertTrue(shared - tokenizer.specialTokens() <= overlap, shared + " tokens overlap");
        assertTrue(overlap < 12 || count == 0 || shared > 4, shared + " tokens overlap");
        before = found.end();
        count++;
      }
      assertEquals(text.length(), before);
      assertTrue(count > 2);
    }
  }

  @Test
  void otherTextsThatTakeTooMuchRoomAreCutAndTheRowIsFlagged() {
    RowTokenizer rows =
        new RowTokenizer(tokenizer, TWO, 64, LongRows.chunks(20, LongRows.Merge.MEAN));
    String title = "red ".repeat(200);
    String text = "blue ".repeat(300);
    RowChunks chunks = (RowChunks) rows.chunks(row(title, text));
    int end = 0;
    while (chunks.hasNext()) {
      TokenizedText chunk = chunks.next();
      assertNull(chunk.error());
      assertTrue(chunk.truncated());
      assertTrue(chunk.ids().length <= 64);
      assertTrue(chunks.end() > end);
      end = chunks.end();
    }
    assertEquals(text.length(), end);
  }

  @Test
  void tenMegabytesAreCutAtOnceAndTakenInChunksOneByOne() {
    String text = "a text of many words that goes on ".repeat(300_000);
    byte[] row = row("title", text);
    assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> assertTrue(encode(cutting(TWO, 512), "t", text).truncated()));
    RowTokenizer rows =
        new RowTokenizer(tokenizer, TWO, 512, LongRows.chunks(64, LongRows.Merge.MEAN));
    IntSupplier firstHundred =
        () -> {
          Iterator<TokenizedText> chunks = rows.chunks(row);
          int tokens = 0;
          for (int i = 0; i < 100; i++) {
            tokens += chunks.next().ids().length;
          }
          return tokens;
        };
    int tokens = assertTimeoutPreemptively(Duration.ofSeconds(20), firstHundred::getAsInt);
    assertTrue(tokens > 100 * 500, tokens + " tokens");
  }
}
