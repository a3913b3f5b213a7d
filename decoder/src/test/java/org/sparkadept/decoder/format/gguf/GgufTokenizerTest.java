package org.sparkadept.decoder.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyGguf;
import org.sparkadept.decoder.fixture.TinyTokenizer;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.tokenizer.TextTokenizer;

class GgufTokenizerTest {
  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String TYPES = "tokenizer.ggml.token_type";
  private static final String MERGES = "tokenizer.ggml.merges";
  private static final String PRE = "tokenizer.ggml.pre";

  @TempDir Path folder;

  private static TinyGguf file(TinyTokenizer tokenizer) throws IOException {
    return TinyGguf.of(TinyCheckpoint.llama().withoutHead().tokenizer(tokenizer));
  }

  private TextTokenizer open(TinyGguf file) throws IOException {
    file.write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return TextTokenizer.of(checkpoint);
    }
  }

  private List<String> pieces(TinyGguf file, String text) throws IOException {
    try (TextTokenizer tokenizer = open(file)) {
      return tokenizer.pieces(text.getBytes(StandardCharsets.UTF_8), 100);
    }
  }

  private void refuse(TinyGguf file, Object... fragments) {
    assertFails(() -> open(file).close(), fragments);
    assertFails(() -> open(file).close(), "model.gguf: tokenizer.ggml.");
  }

  /** Letters, digits, blanks, other scripts, parts of special tokens, emoji. */
  static String randomText(Random random) {
    String[] parts = {
      "the", "th", " the", "  ", "\n", "\t", "1234", "I'll", "'S", "…", "日本", "é", "e\u0301", "🦙",
      "<|cls|>", "<|cls", "|>", "\u0000", "\u00ad", "A-b_c", "===="
    };
    StringBuilder text = new StringBuilder("x");
    for (int i = random.nextInt(12); i >= 0; i--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }

  @Test
  void idsAreThoseOfTheTokenizerThatTheFileWasMadeOf() throws IOException {
    List<TinyTokenizer> kinds =
        List.of(
            TinyTokenizer.plain(),
            TinyTokenizer.appendingClass(),
            TinyTokenizer.startingWithClass(),
            TinyTokenizer.enclosing());
    Random random = TestSeed.random();
    for (TinyTokenizer kind : kinds) {
      Path original = folder.resolve("original.json");
      kind.write(original);
      try (TextTokenizer expected = TextTokenizer.open(original);
          TextTokenizer actual = open(file(kind))) {
        assertEquals(expected.vocabularySize(), actual.vocabularySize());
        assertEquals(expected.specialTokens(), actual.specialTokens());
        for (int round = 0; round < 200; round++) {
          String text = randomText(random);
          byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
          assertArrayEquals(expected.encode(utf8, 50).ids(), actual.encode(utf8, 50).ids(), text);
        }
      }
    }
  }

  @Test
  void aWholeTokenizerInTheFileIsTaken() throws IOException {
    ObjectNode json = TinyTokenizer.appendingClass().json();
    TinyGguf file = file(TinyTokenizer.plain());
    file.key("tokenizer.huggingface.json", json.toString());
    assertEquals(List.of("the", "<|cls|>"), pieces(file, "the"));
  }

  @Test
  void aTokenizerBesideTheFileIsTakenFirst() throws IOException {
    TinyTokenizer.enclosing().write(folder.resolve("tokenizer.json"));
    assertEquals(List.of("<|cls|>", "the", "<|cls|>"), pieces(file(TinyTokenizer.plain()), "the"));
  }

  /** With a merge of every two digits it shows which digits stay together. */
  @Test
  void digitsAreSplitAsTheNamedKindDoes() throws IOException {
    assertEquals(List.of("12", "34"), digits("gpt-2"));
    assertEquals(List.of("12", "3", "4"), digits("llama-bpe"));
    assertEquals(List.of("1", "2", "3", "4"), digits("qwen2"));
    assertEquals(List.of("1", "2", "3", "4"), digits("smollm"));
    assertEquals(List.of("12", "3", "4"), digits("default"));
  }

  private List<String> digits(String kind) throws IOException {
    TinyTokenizer tokenizer = TinyTokenizer.plain().withMerges("1 2", "2 3", "3 4");
    TinyGguf file = file(tokenizer).key(PRE, kind).key("tokenizer.ggml.add_bos_token", false);
    return pieces(file, "1234");
  }

  @Test
  void llama3StartsTextsAndLooksUpWords() throws IOException {
    TinyTokenizer tokenizer = TinyTokenizer.plain();
    TinyGguf file = file(tokenizer).key(PRE, "llama-bpe");
    file.key("tokenizer.ggml.bos_token_id", tokenizer.classId());
    assertEquals(List.of("<|cls|>", "the"), pieces(file, "the"));
    refuse(file.withoutKey("tokenizer.ggml.bos_token_id"), "bos_token_id is missing");
    // "xyz" is a token that no merges lead to.
    TinyGguf other = withToken(tokenizer, "xyz", 1).key("tokenizer.ggml.add_bos_token", false);
    assertEquals(List.of("xyz"), pieces(other.key(PRE, "llama-bpe"), "xyz"));
    assertEquals(List.of("x", "y", "z"), pieces(other.key(PRE, "gpt-2"), "xyz"));
  }

  @Test
  void qwen2ComposesCharacters() throws IOException {
    TinyGguf file = file(TinyTokenizer.plain()).key(PRE, "qwen2");
    try (TextTokenizer tokenizer = open(file)) {
      int[] composed = tokenizer.encode("é".getBytes(StandardCharsets.UTF_8), 9).ids();
      int[] apart = tokenizer.encode("e\u0301".getBytes(StandardCharsets.UTF_8), 9).ids();
      assertArrayEquals(composed, apart);
    }
  }

  @Test
  void tokensOfOtherKindsAreFoundWholeOrNever() throws IOException {
    TinyTokenizer tokenizer = TinyTokenizer.plain();
    assertEquals(List.of("a", "xyz"), pieces(withToken(tokenizer, "xyz", 4), "axyz"));
    assertEquals(List.of("a", "x", "y", "z"), pieces(withToken(tokenizer, "xyz", 5), "axyz"));
  }

  /** The class token is followed by one more, whose id the embedding has no row for. */
  private static TinyGguf withToken(TinyTokenizer tokenizer, String token, int type)
      throws IOException {
    TinyGguf file = file(tokenizer);
    List<String> tokens = new ArrayList<>();
    ObjectNode vocab = (ObjectNode) tokenizer.json().at("/model/vocab");
    vocab.fieldNames().forEachRemaining(tokens::add);
    tokens.add(token);
    int[] types = new int[tokens.size()];
    Arrays.fill(types, 1);
    types[tokenizer.classId()] = 3;
    types[tokens.size() - 1] = type;
    return file.key(TOKENS, tokens).key(TYPES, types);
  }

  @Test
  void whatIsMalformedIsRefused() throws IOException {
    TinyTokenizer tokenizer = TinyTokenizer.plain();
    refuse(file(tokenizer).key("tokenizer.ggml.model", "bert"), "\"bert\"", "gpt2, llama");
    refuse(file(tokenizer).key(PRE, "falcon"), "\"falcon\"", "llama-bpe", "tokenizer.json");
    refuse(file(tokenizer).withoutKey(PRE), PRE + " is missing");
    refuse(file(tokenizer).withoutKey(MERGES), MERGES + " is missing");
    refuse(file(tokenizer).key(MERGES, List.of("th")), "\"th\"", "no pair");
    refuse(file(tokenizer).key(TYPES, new int[] {1}), TYPES + " has 1 entries for 259 tokens");
    refuse(file(tokenizer).key("tokenizer.ggml.add_sep_token", true), "add_sep_token");
    refuse(withToken(tokenizer, "the", 1), "the token \"the\" twice, as 257 and 259");
    TinyGguf far = file(tokenizer).key("tokenizer.ggml.add_eos_token", true);
    refuse(far.key("tokenizer.ggml.eos_token_id", 999), "eos_token_id", "999");
  }

  @Test
  void aMergeOutsideTheVocabularyIsToldInTheLibrarysWords() throws IOException {
    TinyGguf file = file(TinyTokenizer.plain()).key(MERGES, List.of("t hh"));
    AdeptException failure = assertThrows(AdeptException.class, () -> open(file).close());
    assertTrue(failure.getMessage().contains("model.gguf"), failure.getMessage());
  }
}
