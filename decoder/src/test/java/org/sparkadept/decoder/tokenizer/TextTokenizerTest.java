package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyTokenizer;

/** Ids: a byte is its own id, "th" is 256, "the" is 257, the class token is 258. */
class TextTokenizerTest {

  @TempDir Path directory;

  @Test
  void bytesAreMergedAndTheClassTokenIsAppended() {
    try (Bounded tokenizer = open(TinyTokenizer.appendingClass(), 10)) {
      assertIds(encode(tokenizer, "the th"), 257, ' ', 256, 258);
      assertEquals(1, tokenizer.tokenizer().specialTokens());
      assertEquals(259, tokenizer.tokenizer().vocabularySize());
    }
  }

  @Test
  void atMaxTokensNothingIsCut() {
    try (Bounded tokenizer = open(TinyTokenizer.appendingClass(), 4)) {
      TokenizedText exact = encode(tokenizer, "abc");
      assertIds(exact, 'a', 'b', 'c', 258);
      assertFalse(exact.truncated());
    }
  }

  @Test
  void aboveMaxTokensTheFirstTokensAndTheClassTokenStay() {
    try (Bounded tokenizer = open(TinyTokenizer.appendingClass(), 4)) {
      TokenizedText longer = encode(tokenizer, "abcd");
      assertIds(longer, 'a', 'b', 'c', 258);
      assertTrue(longer.truncated());
    }
  }

  @Test
  void leadingAndEnclosingTokensStayToo() {
    try (Bounded leading = open(TinyTokenizer.startingWithClass(), 3);
        Bounded both = open(TinyTokenizer.enclosing(), 3);
        Bounded none = open(TinyTokenizer.plain(), 3)) {
      assertIds(encode(leading, "abcd"), 258, 'a', 'b');
      assertIds(encode(both, "abcd"), 258, 'a', 258);
      assertIds(encode(none, "abcd"), 'a', 'b', 'c');
      assertEquals(2, both.tokenizer().specialTokens());
      assertEquals(0, none.tokenizer().specialTokens());
    }
  }

  @Test
  void truncationAndPaddingOfTheFileAreIgnored() {
    TinyTokenizer padded = TinyTokenizer.appendingClass().withTruncationAndPadding();
    try (Bounded tokenizer = open(padded, 10)) {
      assertIds(encode(tokenizer, "abcdef"), 'a', 'b', 'c', 'd', 'e', 'f', 258);
    }
  }

  @Test
  void classTokensWrittenInATextAreTokens() {
    try (Bounded tokenizer = open(TinyTokenizer.appendingClass(), 10)) {
      assertIds(encode(tokenizer, "<|cls|>"), 258, 258);
    }
  }

  @Test
  void emojiAndNulKeepTheirBytes() {
    try (Bounded tokenizer = open(TinyTokenizer.plain(), 20)) {
      assertIds(encode(tokenizer, "a\u0000\uD83D\uDE00"), 'a', 0, 0xF0, 0x9F, 0x98, 0x80);
    }
  }

  @Test
  void anEmptyTextIsAnError() {
    try (Bounded tokenizer = open(TinyTokenizer.appendingClass(), 10)) {
      TokenizedText empty = encode(tokenizer, "");
      assertEquals("text is empty", empty.error());
      assertEquals(0, empty.ids().length);
      assertFalse(empty.truncated());
    }
  }

  @Test
  void blanksAreATextForATokenizerThatKeepsThem() {
    try (Bounded tokenizer = open(TinyTokenizer.appendingClass(), 10)) {
      assertIds(encode(tokenizer, "  "), ' ', ' ', 258);
    }
  }

  @Test
  void blanksAreEmptyForATokenizerThatDropsThem() throws Exception {
    Path file = directory.resolve("words.json");
    Files.writeString(
        file,
        "{\"added_tokens\":[],\"pre_tokenizer\":{\"type\":\"Whitespace\"},\"model\":{"
            + "\"type\":\"WordLevel\",\"vocab\":{\"a\":0,\"b\":1},\"unk_token\":\"[UNK]\"}}");
    try (Bounded tokenizer = new Bounded(TextTokenizer.open(file), 10)) {
      assertEquals("text is empty", encode(tokenizer, "  \n").error());
      assertIds(encode(tokenizer, "b a"), 1, 0);
    }
  }

  @Test
  void whatTheLibraryCannotTokenizeIsAnErrorOfItsRow() throws Exception {
    Path file = directory.resolve("words.json");
    Files.writeString(
        file,
        "{\"added_tokens\":[],\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0},"
            + "\"unk_token\":\"[UNK]\"}}");
    try (Bounded tokenizer = new Bounded(TextTokenizer.open(file), 10)) {
      String error = encode(tokenizer, "unheard").error();
      assertTrue(error.startsWith("text cannot be tokenized (WordLevel error"), error);
      assertIds(encode(tokenizer, "a"), 0);
    }
  }

  @Test
  void anIdThatNoModelHasIsAnErrorOfItsRow() throws IOException {
    ObjectNode json = TinyTokenizer.plain().json();
    ((ObjectNode) json.path("model").path("vocab")).put("z", Integer.MAX_VALUE - 1);
    ArrayNode added = json.putArray("added_tokens");
    for (String token : List.of("z", "<y>", "<x>")) { // the library numbers the last two itself
      added.addObject().put("id", 0).put("content", token).put("special", false);
      ObjectNode last = (ObjectNode) added.get(added.size() - 1);
      last.put("single_word", false).put("lstrip", false).put("rstrip", false);
      last.put("normalized", false);
    }
    Path file = directory.resolve("tokenizer.json");
    Files.writeString(file, json.toString());
    try (Bounded tokenizer = new Bounded(TextTokenizer.open(file), 10)) {
      assertEquals(
          "text has a token with the id 2147483648, which no model has",
          encode(tokenizer, "ja<x>").error());
      assertIds(encode(tokenizer, "a"), 'a');
    }
  }

  @Test
  void invalidUtf8NamesTheFirstBadByte() {
    try (Bounded tokenizer = open(TinyTokenizer.appendingClass(), 10)) {
      assertInvalid(tokenizer, 2, 'a', 'b', 0xFF, 'c');
      assertInvalid(tokenizer, 1, 'a', 0xE2, 0x82); // cut in the middle of a character
      assertInvalid(tokenizer, 0, 0xC0, 0x80); // NUL as Java writes it
      assertInvalid(tokenizer, 3, 'x', 'y', 'z', 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80); // CESU-8
    }
  }

  @Test
  void invalidBytesBehindTheKeptTokensAreFoundToo() {
    byte[] text = new byte[1 << 20];
    Arrays.fill(text, (byte) 'x');
    text[text.length - 1] = (byte) 0x80;
    try (Bounded tokenizer = open(TinyTokenizer.appendingClass(), 10)) {
      assertTrue(tokenizer.encode(text).error().contains("offset " + (text.length - 1) + ")"));
    }
  }

  @Test
  void aBatchKeepsItsOrderAndItsNulls() {
    try (Bounded tokenizer = open(TinyTokenizer.appendingClass(), 10)) {
      TokenizedText[] rows =
          tokenizer
              .tokenizer()
              .encode(new byte[][] {bytes("a"), null, {(byte) 0xFF}, bytes("b")}, 10);
      assertIds(rows[0], 'a', 258);
      assertNull(rows[1]);
      assertTrue(rows[2].error().startsWith("text is not valid UTF-8"));
      assertIds(rows[3], 'b', 258);
    }
  }

  @Test
  void maxTokensMustLeaveRoomForText() {
    AdeptException error =
        assertThrows(
            AdeptException.class,
            () -> {
              try (Bounded bounded = open(TinyTokenizer.enclosing(), 2)) {
                bounded.tokenizer().requireRoom(2);
              }
            });
    assertTrue(
        error.getMessage().startsWith("maxTokens (--max-tokens) is 2, but"), error.getMessage());
    assertTrue(error.getMessage().contains("adds 2 special tokens"), error.getMessage());
  }

  @Test
  void aClosedTokenizerSaysSo() {
    Bounded tokenizer = open(TinyTokenizer.plain(), 10);
    tokenizer.close();
    tokenizer.close();
    assertThrows(IllegalStateException.class, () -> encode(tokenizer, "a"));
  }

  /** A tokenizer with a bound on the tokens of a row. */
  private record Bounded(TextTokenizer tokenizer, int maxTokens) implements AutoCloseable {
    TokenizedText encode(byte[] utf8) {
      return tokenizer.encode(utf8, maxTokens);
    }

    @Override
    public void close() {
      tokenizer.close();
    }
  }

  private Bounded open(TinyTokenizer tokenizer, int maxTokens) {
    Path file = directory.resolve("tokenizer.json");
    try {
      tokenizer.write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Bounded(TextTokenizer.open(file), maxTokens);
  }

  private static void assertInvalid(Bounded tokenizer, int offset, int... bytes) {
    byte[] text = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      text[i] = (byte) bytes[i];
    }
    assertEquals(
        "text is not valid UTF-8 (first bad byte at offset "
            + offset
            + "); Spark's make_valid_utf8() mends it",
        tokenizer.encode(text).error());
  }

  private static TokenizedText encode(Bounded tokenizer, String text) {
    return tokenizer.encode(bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertIds(TokenizedText text, int... ids) {
    assertNull(text.error());
    assertArrayEquals(ids, text.ids());
  }
}
