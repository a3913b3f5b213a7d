package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.TinyTokenizer;

/** Of a long text the beginning is enough, and gives what the whole text would. */
class LongTextTest {

  /** Merges over blanks, line feeds, marks and halves of characters, in unhelpful ranks. */
  private static final TinyTokenizer MERGING =
      TinyTokenizer.enclosing()
          .withMerges(
              "a b",
              "b a",
              "ab ab",
              "_ a",
              "_ _",
              "ba ba",
              "\n \n",
              ", ,",
              "a a",
              "_a b",
              "aa aa",
              "abab abab",
              "1 2",
              "2 1",
              "! \n",
              "__ __");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ab ",
        "ab",
        "aab \n",
        "ab  \t",
        "ba,. ",
        "12, ",
        "a!\n",
        "\u4e00\u3001\u3002",
        "\u00e9b ",
        "a\uD83D\uDE00",
        " ",
        "ab12 ,\n!\u4e00\u3002",
        "a'st "
      })
  void theCutChangesNothing(String alphabet) throws Exception {
    int[] characters = alphabet.codePoints().toArray();
    Random random = new Random(alphabet.hashCode());
    for (int maxTokens : new int[] {3, 7, 40}) {
      try (CountingTokenizer counting = open();
          TextTokenizer tokenizer = new TextTokenizer(counting, Optional.empty(), file())) {
        for (int length = 1; length < 4000; length += 1 + random.nextInt(length)) {
          StringBuilder text = new StringBuilder();
          for (int i = 0; i < length; i++) {
            text.appendCodePoint(characters[random.nextInt(characters.length)]);
          }
          assertAsWhole(counting, tokenizer, maxTokens, text.toString());
        }
      }
    }
  }

  @Test
  void aMegabyteOfWordsCostsItsBeginning() throws Exception {
    assertTrue(charactersEncoded("the quick brown fox jumps over it; ", 64) < 600);
  }

  @Test
  void aMegabyteWithoutAnyStopCostsItsBeginning() throws Exception {
    assertTrue(charactersEncoded("QmFzZTY0/+", 64) < 600);
    assertTrue(charactersEncoded("\u6587\u5b57", 64) < 600);
    assertTrue(charactersEncoded("\uD83D\uDE00", 64) < 600);
  }

  @Test
  void aMegabyteOfFewTokensGrowsByFours() throws Exception {
    TinyTokenizer blanks =
        TinyTokenizer.appendingClass().withMerges("_ _", "__ __", "____ ____", "________ ________");
    blanks.write(directory.resolve("tokenizer.json"));
    long encoded = charactersEncoded(new CountingTokenizer(file().text()), " ", 64);
    // 16 blanks a token: 512, 2048 and 8192 characters; a beginning without a stop must give
    // 64 + 256 tokens.
    assertEquals(512 + 2048 + 8192, encoded);
  }

  @Test
  void shortTextsAreEncodedOnce() throws Exception {
    try (CountingTokenizer counting = open();
        TextTokenizer tokenizer = new TextTokenizer(counting, Optional.empty(), file())) {
      counting.characters = 0;
      tokenizer.encode("a b c".getBytes(StandardCharsets.UTF_8), 64);
      assertEquals(5, counting.characters);
    }
  }

  private long charactersEncoded(String repeated, int maxTokens) throws Exception {
    return charactersEncoded(open(), repeated, maxTokens);
  }

  private long charactersEncoded(CountingTokenizer counting, String repeated, int maxTokens)
      throws Exception {
    byte[] megabyte =
        repeated.repeat((1 << 20) / repeated.length()).getBytes(StandardCharsets.UTF_8);
    try (TextTokenizer tokenizer = new TextTokenizer(counting, Optional.empty(), file())) {
      counting.characters = 0;
      TokenizedText text = tokenizer.encode(megabyte, maxTokens);
      assertEquals(maxTokens, text.ids().length);
      assertTrue(text.truncated());
      return counting.characters;
    }
  }

  private static void assertAsWhole(
      NativeTokenizer whole, TextTokenizer tokenizer, int maxTokens, String text) {
    long[] all = whole.encode(text);
    int[] expected = Arrays.stream(all).limit(maxTokens).mapToInt(Math::toIntExact).toArray();
    expected[expected.length - 1] = (int) all[all.length - 1]; // the special token at the end
    TokenizedText found = tokenizer.encode(text.getBytes(StandardCharsets.UTF_8), maxTokens);
    assertArrayEquals(expected, found.ids(), () -> maxTokens + " tokens of: " + text);
    assertEquals(all.length > maxTokens, found.truncated());
  }

  private CountingTokenizer open() throws Exception {
    MERGING.write(directory.resolve("tokenizer.json"));
    return new CountingTokenizer(file().text());
  }

  private TokenizerFile file() {
    return TokenizerFile.read(directory.resolve("tokenizer.json"));
  }

  /** Counts what is handed to the native side. */
  private static final class CountingTokenizer extends NativeTokenizer {
    private long characters;

    CountingTokenizer(String json) {
      super(json);
    }

    @Override
    long[] encode(String text) {
      characters += text.length();
      return super.encode(text);
    }
  }
}
