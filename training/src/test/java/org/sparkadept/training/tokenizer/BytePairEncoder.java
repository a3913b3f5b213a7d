package org.sparkadept.training.tokenizer;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The definition of byte-pair encoding, spelled out: apply every merge, in order, to every word.
 */
final class BytePairEncoder {
  private final Vocabulary vocabulary;

  BytePairEncoder(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** Token ids of a text, the class token last. */
  int[] encode(String text) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      ids.put(vocabulary.tokens().get(id), id);
    }
    IntStream encoded = IntStream.empty();
    for (String word : BytePairTrainer.words(text)) {
      int[] tokens = word.chars().map(symbol -> ids.get(String.valueOf((char) symbol))).toArray();
      for (int merge = 0; merge < vocabulary.merges().size(); merge++) {
        int[] pair = vocabulary.merges().get(merge);
        tokens = BytePairTrainer.join(tokens, pair[0], pair[1], Vocabulary.FIRST_MERGED + merge);
      }
      encoded = IntStream.concat(encoded, IntStream.of(tokens));
    }
    return IntStream.concat(encoded, IntStream.of(Vocabulary.CLASS_ID)).toArray();
  }
}
