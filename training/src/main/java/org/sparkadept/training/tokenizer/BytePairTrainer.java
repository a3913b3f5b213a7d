package org.sparkadept.training.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkadept.decoder.tokenizer.ByteLevelAlphabet;

/**
 * Learns a byte-pair vocabulary: joins the most frequent pair of neighbouring tokens, again and
 * again (Sennrich, Haddow, Birch 2016). Pair counts are kept up to date word by word, so a merge
 * costs as much as the words it changes.
 */
public final class BytePairTrainer {
  /** Words of Hugging Face's pre-tokenizer ByteLevel with use_regex. */
  private static final Pattern WORD =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private final List<int[]> words = new ArrayList<>();
  private final List<Long> wordCounts = new ArrayList<>();
  private final Map<Long, Long> pairCounts = new HashMap<>();
  private final Map<Long, Set<Integer>> pairWords = new HashMap<>();
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>();

  /** A pair of token ids and the count it had when it was queued; stale ones are skipped. */
  private record Candidate(long pair, long count) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      int byCount = Long.compare(other.count, count);
      return byCount != 0 ? byCount : Long.compare(pair, other.pair);
    }
  }

  private BytePairTrainer() {}

  /**
   * Learns a vocabulary. The result depends on nothing but the arguments.
   *
   * @param texts the training texts
   * @param size wanted number of tokens; the result is smaller if no pair occurs twice any more
   * @throws IllegalArgumentException if size has no room for the bytes and special tokens
   */
  public static Vocabulary train(Iterable<String> texts, int size) {
    if (size < Vocabulary.FIRST_MERGED) {
      throw new IllegalArgumentException(
          "a vocabulary needs at least " + Vocabulary.FIRST_MERGED + " tokens, not " + size);
    }
    BytePairTrainer trainer = new BytePairTrainer();
    trainer.count(texts);
    return trainer.learn(size);
  }

  /**
   * The words of a text, as Hugging Face's pre-tokenizer ByteLevel with add_prefix_space and
   * use_regex splits it, spelled in {@link ByteLevelAlphabet}.
   */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text.startsWith(" ") ? text : " " + text);
    while (matcher.find()) {
      byte[] bytes = matcher.group().getBytes(StandardCharsets.UTF_8);
      StringBuilder spelled = new StringBuilder(bytes.length);
      for (byte b : bytes) {
        spelled.append(ByteLevelAlphabet.character(b & 0xff));
      }
      words.add(spelled.toString());
    }
    return words;
  }

  /** Replaces every neighbouring (left, right), found from the left, by one token. */
  static int[] join(int[] tokens, int left, int right, int merged) {
    int[] joined = new int[tokens.length];
    int length = 0;
    for (int i = 0; i < tokens.length; i++) {
      if (i + 1 < tokens.length && tokens[i] == left && tokens[i + 1] == right) {
        joined[length++] = merged;
        i++;
      } else {
        joined[length++] = tokens[i];
      }
    }
    return Arrays.copyOf(joined, length);
  }

  private void count(Iterable<String> texts) {
    Map<String, Long> counts = new TreeMap<>();
    for (String text : texts) {
      for (String word : words(text)) {
        counts.merge(word, 1L, Long::sum);
      }
    }
    Map<Character, Integer> ids = new HashMap<>();
    for (int value = 0; value < Vocabulary.BYTES; value++) {
      ids.put(ByteLevelAlphabet.character(value), Vocabulary.FIRST_BYTE + value);
    }
    for (Map.Entry<String, Long> entry : counts.entrySet()) {
      String word = entry.getKey();
      int[] tokens = new int[word.length()];
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = ids.get(word.charAt(i));
      }
      words.add(tokens);
      wordCounts.add(entry.getValue());
      addPairs(words.size() - 1, new HashSet<>());
    }
    for (Map.Entry<Long, Long> entry : pairCounts.entrySet()) {
      queue.add(new Candidate(entry.getKey(), entry.getValue()));
    }
  }

  private Vocabulary learn(int size) {
    List<String> tokens = new ArrayList<>(List.of(Vocabulary.PAD, Vocabulary.CLASS));
    for (int value = 0; value < Vocabulary.BYTES; value++) {
      tokens.add(String.valueOf(ByteLevelAlphabet.character(value)));
    }
    List<int[]> merges = new ArrayList<>();
    while (tokens.size() < size && !queue.isEmpty()) {
      Candidate best = queue.poll();
      long count = pairCounts.getOrDefault(best.pair, 0L);
      if (count != best.count || count < 2) {
        continue;
      }
      int left = (int) (best.pair >>> 32);
      int right = (int) best.pair;
      merge(left, right, tokens.size());
      merges.add(new int[] {left, right});
      tokens.add(tokens.get(left) + tokens.get(right));
    }
    return new Vocabulary(List.copyOf(tokens), List.copyOf(merges));
  }

  private void merge(int left, int right, int merged) {
    Set<Long> changed = new HashSet<>();
    for (int word : pairWords.remove(pair(left, right))) {
      removePairs(word, changed);
      words.set(word, join(words.get(word), left, right, merged));
      addPairs(word, changed);
    }
    for (long pair : changed) {
      Long count = pairCounts.get(pair);
      if (count != null) {
        queue.add(new Candidate(pair, count));
      }
    }
  }

  private void addPairs(int word, Set<Long> changed) {
    int[] tokens = words.get(word);
    for (int i = 0; i + 1 < tokens.length; i++) {
      long pair = pair(tokens[i], tokens[i + 1]);
      pairCounts.merge(pair, wordCounts.get(word), Long::sum);
      pairWords.computeIfAbsent(pair, key -> new HashSet<>()).add(word);
      changed.add(pair);
    }
  }

  private void removePairs(int word, Set<Long> changed) {
    int[] tokens = words.get(word);
    long count = wordCounts.get(word);
    for (int i = 0; i + 1 < tokens.length; i++) {
      long pair = pair(tokens[i], tokens[i + 1]);
      pairCounts.computeIfPresent(pair, (key, old) -> old == count ? null : old - count);
      Set<Integer> holders = pairWords.get(pair);
      if (holders != null) {
        holders.remove(word);
      }
      changed.add(pair);
    }
  }

  private static long pair(int left, int right) {
    return ((long) left << 32) | right;
  }
}
