package org.sparkadept.training.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    try (RowEncoder encoder = encoder(vocabulary, 512)) {
      for (String text : TEXTS) {
        assertArrayEquals(definition.encode(text), encoder.encode(text), text);
      }
      for (String text : List.of("the  Sea\n\tstands", "’t was 😀 日本 x²", " tea", "we'll")) {
        assertArrayEquals(definition.encode(text), encoder.encode(text), text);
      }
    }
  }

  @Test
  void decodesWhatItEncoded() throws IOException {
    try (RowEncoder encoder = encoder(vocabulary(320), 512)) {
      for (String text :
          List.of("the tea stand", "smile 😀👩‍🚀 !", "Größe, żółw, 日本語", "a\u00a0b")) {
        assertEquals(" " + text, encoder.decode(encoder.encode(text)));
      }
    }
  }

  @Test
  void keepsTheClassTokenWhenItCutsARow() throws IOException {
    try (RowEncoder encoder = encoder(vocabulary(320), 8)) {
      int[] tokens = encoder.encode(TEXTS.get(0));
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

  private RowEncoder encoder(Vocabulary vocabulary, int maxTokens) throws IOException {
    TokenizerFile.write(folder, vocabulary, 512);
    return new RowEncoder(folder.resolve(TokenizerFile.NAME), maxTokens);
  }
}
