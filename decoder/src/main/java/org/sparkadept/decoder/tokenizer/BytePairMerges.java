package org.sparkadept.decoder.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Byte-level BPE of one piece of text: starting from single bytes, the pair of neighbours with the
 * earliest merge is joined, the leftmost first, until none is left (Sennrich et al., "Neural
 * Machine Translation of Rare Words with Subword Units", 2016; on bytes since GPT-2, 2019).
 */
final class BytePairMerges {
  /** Bits of an id and of a rank; three of them are a sorted key. */
  private static final int BITS = 21;

  private static final int NONE = Integer.MAX_VALUE;

  /** -1 for a byte without a token: some vocabularies have none for bytes that UTF-8 never has. */
  private final int[] idOfByte;

  /** Left id, right id and rank of each merge, ascending. */
  private final long[] merges;

  /** What a merge makes, by rank. */
  private final int[] merged;

  /** Ids of pieces that are one token whatever the merges say. */
  private final Map<String, Integer> whole;

  private BytePairMerges(int[] idOfByte, long[] merges, int[] merged, Map<String, Integer> whole) {
    this.idOfByte = idOfByte;
    this.merges = merges;
    this.merged = merged;
    this.whole = whole;
  }

  /**
   * @param model {@code model} of a {@code tokenizer.json}
   * @return empty if it is no BPE on bytes, or does more than to merge
   */
  static Optional<BytePairMerges> of(JsonNode model) {
    if (!model.path("type").asText("BPE").equals("BPE") // files of old have no type
        || model.path("dropout").asDouble(0) != 0
        || !model.path("continuing_subword_prefix").asText("").isEmpty()
        || !model.path("end_of_word_suffix").asText("").isEmpty()) {
      return Optional.empty();
    }
    JsonNode vocabulary = model.path("vocab");
    int[] bytes = new int[256];
    Arrays.setAll(
        bytes, value -> id(vocabulary, Character.toString(ByteLevelAlphabet.character(value))));
    JsonNode list = model.path("merges");
    int[] merged = new int[list.size()];
    Map<Long, Integer> ranks = new TreeMap<>();
    for (int rank = 0; rank < merged.length; rank++) {
      JsonNode merge = list.get(rank);
      String[] sides = merge.isArray() ? sides(merge) : merge.asText().split(" ", -1);
      int left = sides.length == 2 ? id(vocabulary, sides[0]) : -1;
      int right = left < 0 ? -1 : id(vocabulary, sides[1]);
      merged[rank] = right < 0 ? -1 : id(vocabulary, sides[0] + sides[1]);
      if (merged[rank] < 0) {
        return Optional.empty();
      }
      ranks.put(pair(left, right), rank); // of a pair named twice, the library takes the last
    }
    long[] keys = new long[ranks.size()];
    int count = 0;
    for (Map.Entry<Long, Integer> merge : ranks.entrySet()) {
      keys[count++] = merge.getKey() << BITS | merge.getValue();
    }
    Map<String, Integer> whole = new HashMap<>();
    if (model.path("ignore_merges").asBoolean(false)) {
      vocabulary.properties().forEach(token -> whole.put(token.getKey(), token.getValue().asInt()));
    }
    return Optional.of(new BytePairMerges(bytes, keys, merged, whole));
  }

  private static String[] sides(JsonNode merge) {
    String[] sides = new String[merge.size()];
    Arrays.setAll(sides, i -> merge.get(i).asText());
    return sides;
  }

  private static int id(JsonNode vocabulary, String token) {
    int id = vocabulary.path(token).asInt(-1);
    return id >>> BITS == 0 ? id : -1;
  }

  private static long pair(int left, int right) {
    return (long) left << BITS | right;
  }

  /**
   * The ids of a piece, in time that grows with the square of its length.
   *
   * @param piece one piece as a pre-tokenizer cuts it
   * @return empty if the vocabulary lacks one of its bytes
   */
  Optional<int[]> encode(String piece) {
    byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
    Integer token = whole.isEmpty() ? null : whole.get(ByteLevelAlphabet.text(bytes));
    if (token != null) {
      return Optional.of(new int[] {token});
    }
    int[] ids = new int[bytes.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = idOfByte[bytes[i] & 0xFF];
      if (ids[i] < 0) {
        return Optional.empty();
      }
    }
    int[] ranks = new int[ids.length]; // of the pair that starts there
    for (int i = 0; i + 1 < ids.length; i++) {
      ranks[i] = rank(ids[i], ids[i + 1]);
    }
    int count = ids.length;
    while (count > 1) {
      int best = first(ranks, count - 1);
      if (ranks[best] == NONE) {
        break;
      }
      ids[best] = merged[ranks[best]];
      count--;
      System.arraycopy(ids, best + 2, ids, best + 1, count - best - 1);
      System.arraycopy(ranks, best + 1, ranks, best, count - best);
      if (best > 0) {
        ranks[best - 1] = rank(ids[best - 1], ids[best]);
      }
      if (best + 1 < count) {
        ranks[best] = rank(ids[best], ids[best + 1]);
      }
    }
    return Optional.of(Arrays.copyOf(ids, count));
  }

  private static int first(int[] ranks, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (ranks[i] < ranks[best]) {
        best = i;
      }
    }
    return best;
  }

  private int rank(int left, int right) {
    long pair = pair(left, right);
    int at = -1 - Arrays.binarySearch(merges, pair << BITS);
    at = at < 0 ? -1 - at : at; // rank 0 is found itself
    return at < merges.length && merges[at] >>> BITS == pair
        ? (int) merges[at] & (1 << BITS) - 1
        : NONE;
  }
}
