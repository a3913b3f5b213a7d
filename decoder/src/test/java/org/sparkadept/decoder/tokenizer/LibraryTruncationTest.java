package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.fixture.TinyTokenizer;

/** What is kept of a long row is what the library's own truncation keeps. */
class LibraryTruncationTest {

  @TempDir Path directory;

  static Stream<TinyTokenizer> tokenizers() {
    return Stream.of(
        TinyTokenizer.plain(),
        TinyTokenizer.appendingClass(),
        TinyTokenizer.startingWithClass(),
        TinyTokenizer.enclosing());
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void agreesWithTheLibrary(TinyTokenizer tiny) throws Exception {
    Path file = directory.resolve("tokenizer.json");
    tiny.write(file);
    try (TextTokenizer tokenizer = TextTokenizer.open(file)) {
      for (int maxTokens = 3; maxTokens < 12; maxTokens++) {
        for (String text : new String[] {"a", "the other", "the path of the moth", "a b c d e f"}) {
          TokenizedText ours = tokenizer.encode(text.getBytes(StandardCharsets.UTF_8), maxTokens);
          TokenizedText theirs = library(tiny, text, maxTokens);
          assertArrayEquals(theirs.ids(), ours.ids());
          assertEquals(theirs.truncated(), ours.truncated());
        }
      }
    }
  }

  private static TokenizedText library(TinyTokenizer tiny, String text, int maxTokens) {
    TokenizersLibrary library = TokenizersLibrary.LIB;
    long tokenizer = library.createTokenizerFromString(tiny.json().toString());
    library.setTruncation(tokenizer, maxTokens, "LONGEST_FIRST", 0);
    long encoding = library.encode(tokenizer, text, true);
    int[] ids = Arrays.stream(library.getTokenIds(encoding)).mapToInt(Math::toIntExact).toArray();
    boolean truncated = library.getOverflowCount(encoding) > 0;
    library.deleteEncoding(encoding);
    library.deleteTokenizer(tokenizer);
    return new TokenizedText(ids, truncated, null);
  }
}
