package org.sparkadept.training.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.tokenizer.TextTokenizer;

class BytePairTrainerTest {
  private static final List<String> TEXTS =
      List.of(
          "the tall tree stands on the hill , the hill stands by the sea",
          "she sells tea at the tea stand ; it's the best tea in 1999 and 2001",
          "naïve café people don't drink the sea at the café",
          "tree trees treetop stand stands standing");

  @TempDir private Path folder;

  @Test
  void joinsTheMostFrequentPairFirstAndOfEqualOnesTheOneWithTheLowerIds() {
    Vocabulary vocabulary =
        BytePairTrainer.train(List.of("ab ab ab ab cd cd"), Vocabulary.FIRST_MERGED + 4);
    List<String> merged =
        vocabulary.tokens().subList(Vocabulary.FIRST_MERGED, Vocabulary.FIRST_MERGED + 4);
    assertEquals(List.of("Ġa", "Ġab", "Ġc", "Ġcd"), merged);
  }

  @Test
  void stopsWhereNoPairOccursTwice() {
    Vocabulary vocabulary = BytePairTrainer.train(List.of("ab ab"), 8192);
    assertEquals(Vocabulary.FIRST_MERGED + 2, vocabulary.size());
  }

  @Test
  void encodesAsTheDefinitionSays() throws IOException {
    Vocabulary vocabulary = vocabulary(320);
    BytePairEncoder definition = new BytePairEncoder(vocabulary);
    try (TextTokenizer tokenizer = tokenizer(vocabulary)) {
      for (String text : TEXTS) {
        assertArrayEquals(definition.encode(text), encode(tokenizer, text, 512), text);
      }
      for (String text : List.of("the  Sea\n\tstands", "’t was 😀 日本 x²", " tea", "we'll")) {
        assertArrayEquals(definition.encode(text), encode(tokenizer, text, 512), text);
      }
    }
  }

  @Test
  void decodesWhatItEncoded() throws IOException {
    TokenizerFile.write(folder, vocabulary(320), 512);
    try (HuggingFaceTokenizer tokenizer =
        HuggingFaceTokenizer.newInstance(folder.resolve(TokenizerFile.NAME))) {
      for (String text :
          List.of("the tea stand", "smile 😀👩‍🚀 !", "Größe, żółw, 日本語", "a\u00a0b")) {
        assertEquals(" " + text, tokenizer.decode(tokenizer.encode(text).getIds(), true));
      }
    }
  }

  @Test
  void keepsTheClassTokenWhenItCutsARow() throws IOException {
    try (TextTokenizer tokenizer = tokenizer(vocabulary(320))) {
      int[] tokens = encode(tokenizer, TEXTS.get(0), 8);
      assertEquals(8, tokens.length);
      assertEquals(Vocabulary.CLASS_ID, tokens[7]);
    }
  }

  @Test
  void refusesAVocabularyWithoutRoomForAllBytes() {
    assertThrows(IllegalArgumentException.class, () -> BytePairTrainer.train(TEXTS, 100));
  }

  private static Vocabulary vocabulary(int size) {
    return BytePairTrainer.train(TEXTS, size);
  }

  private TextTokenizer tokenizer(Vocabulary vocabulary) throws IOException {
    TokenizerFile.write(folder, vocabulary, 512);
    return TextTokenizer.open(folder.resolve(TokenizerFile.NAME));
  }

  private static int[] encode(TextTokenizer tokenizer, String text, int maxTokens) {
    return tokenizer.encode(text.getBytes(StandardCharsets.UTF_8), maxTokens).ids();
  }
}
