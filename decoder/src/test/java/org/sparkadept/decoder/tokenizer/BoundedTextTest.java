package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyTokenizer;

/** The native library gets a bounded part of a text, whatever the tokenizer. */
class BoundedTextTest {
  private static final int BOUND = 1 << 16;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"Lowercase", "NFKC", "NFC"})
  void aLongRowIsCutAndCountsAsTruncated(String normalizer) throws Exception {
    try (Counting counting = open(normalizer);
        TextTokenizer tokenizer = of(counting)) {
      counting.longest = 0;
      TokenizedText text = tokenizer.encode(bytes("\uFDFA".repeat(1 << 20)), 512);
      assertEquals(512, text.ids().length);
      assertTrue(text.truncated());
      assertTrue(counting.longest <= BOUND, counting.longest + " characters");
    }
  }

  /** A row whose tokens are few, however long it is: the library took all of it before. */
  @Test
  void aLongRowOfFewTokensIsTruncatedToo() throws Exception {
    try (Counting counting = words();
        TextTokenizer tokenizer = of(counting)) {
      TokenizedText text = tokenizer.encode(bytes("a" + " ".repeat(3 << 20) + "a"), 512);
      assertArrayEquals(new int[] {1}, text.ids());
      assertTrue(text.truncated());
      assertEquals(BOUND, counting.longest);
    }
  }

  @Test
  void aRowWhoseBeginningHasNoTokenIsToldFromAnEmptyOne() throws Exception {
    try (Counting counting = words();
        TextTokenizer tokenizer = of(counting)) {
      TokenizedText text = tokenizer.encode(bytes(" ".repeat(1 << 20) + "a"), 512);
      assertTrue(text.error().startsWith("text has no token in the beginning"), text.error());
    }
  }

  @Test
  void withinTheBoundNothingChanges() throws Exception {
    try (Counting counting = words();
        TextTokenizer tokenizer = of(counting)) {
      TokenizedText text = tokenizer.encode(bytes("a" + " ".repeat(BOUND - 2) + "a"), 512);
      assertArrayEquals(new int[] {1, 1}, text.ids());
      assertFalse(text.truncated());
    }
  }

  /** Twelve million blanks ended the process: the expression steps back once for each. */
  @Test
  void blanksDoNotEndTheProcess() throws Exception {
    ObjectNode json = TinyTokenizer.plain().json();
    ObjectNode sequence = json.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    steps
        .addObject()
        .put("type", "Split")
        .put("behavior", "Isolated")
        .put("invert", false)
        .putObject("pattern")
        .put("Regex", "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
    steps.add(TinyTokenizer.plain().json().path("pre_tokenizer"));
    String blanks = " ".repeat(12 << 20) + "x";
    assertEquals(134, NativeRun.end(directory, json.toString(), List.of(blanks)));
    Path file = Files.writeString(directory.resolve("tokenizer.json"), json.toString());
    try (TextTokenizer tokenizer = TextTokenizer.open(file)) {
      TokenizedText text = tokenizer.encode(bytes(blanks), 8 << 20);
      assertTrue(text.truncated());
      assertEquals(1 << 19, text.ids().length);
    }
  }

  @Test
  void aTextThatMustBeWholeIsAnErrorOfItsRow() throws Exception {
    try (Counting counting = words();
        TextTokenizer tokenizer = of(counting)) {
      String text = "a".repeat((1 << 19) + 1);
      String said = "text has 524289 characters, more than the 524288";
      assertTrue(error(() -> tokenizer.encode(text)).startsWith(said));
      assertTrue(error(() -> tokenizer.pieces(text)).startsWith(said));
      assertEquals(1 << 18, tokenizer.encode("a ".repeat(1 << 18)).length);
    }
  }

  private static String error(Executable call) {
    return assertThrows(AdeptException.class, call).getMessage();
  }

  private Counting open(String normalizer) throws Exception {
    ObjectNode json = TinyTokenizer.plain().json();
    json.putObject("normalizer").put("type", normalizer);
    Files.writeString(directory.resolve("tokenizer.json"), json.toString());
    return new Counting(json.toString());
  }

  /** Words of a WordLevel model; blanks are dropped. */
  private Counting words() throws Exception {
    String json =
        "{\"added_tokens\":[],\"pre_tokenizer\":{\"type\":\"Whitespace\"},\"model\":{"
            + "\"type\":\"WordLevel\",\"vocab\":{\"[UNK]\":0,\"a\":1},\"unk_token\":\"[UNK]\"}}";
    Files.writeString(directory.resolve("tokenizer.json"), json);
    return new Counting(json);
  }

  private TextTokenizer of(Counting counting) {
    TokenizerFile file = TokenizerFile.read(directory.resolve("tokenizer.json"));
    return new TextTokenizer(counting, Optional.empty(), file);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Keeps the length of the longest text that the native side was given. */
  private static final class Counting extends NativeTokenizer {
    private int longest;

    Counting(String json) {
      super(json);
    }

    @Override
    long[] encode(String text) {
      longest = Math.max(longest, text.length());
      return super.encode(text);
    }
  }
}
