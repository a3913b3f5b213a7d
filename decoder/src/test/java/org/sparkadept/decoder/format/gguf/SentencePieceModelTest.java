package org.sparkadept.decoder.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyGguf;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.tokenizer.TextTokenizer;

/** A tokenizer with random tokens and scores, against SentencePiece's rule as it is described. */
class SentencePieceModelTest {
  private static final String LETTERS = "▁abcdé";
  private static final int BYTES = 3;

  @TempDir Path folder;

  private final List<String> tokens = new ArrayList<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private float[] scores;

  /** {@code <unk>}, {@code <s>}, {@code </s>}, the bytes, the letters, random longer tokens. */
  private TinyGguf file(Random random) throws IOException {
    Set<String> all = new LinkedHashSet<>(List.of("<unk>", "<s>", "</s>"));
    for (int value = 0; value < 256; value++) {
      all.add(String.format("<0x%02X>", value));
    }
    for (char letter : LETTERS.toCharArray()) {
      all.add(String.valueOf(letter));
    }
    List<String> parts = new ArrayList<>(LETTERS.chars().mapToObj(Character::toString).toList());
    for (int i = 0; i < 60; i++) {
      String token = parts.get(random.nextInt(parts.size()));
      token += parts.get(random.nextInt(parts.size()));
      if (all.add(token)) {
        parts.add(token);
      }
    }
    tokens.clear();
    tokens.addAll(all);
    ids.clear();
    scores = new float[tokens.size()];
    int[] types = new int[tokens.size()];
    List<Integer> order = new ArrayList<>(IntStream.range(0, types.length).boxed().toList());
    Collections.shuffle(order, random);
    for (int id = 0; id < types.length; id++) {
      ids.put(tokens.get(id), id);
      scores[id] = -order.get(id);
      types[id] = id == 0 ? 2 : id < BYTES ? 3 : id < BYTES + 256 ? 6 : 1;
    }
    TinyGguf file = TinyGguf.of(TinyCheckpoint.llama().withoutHead());
    file.key("tokenizer.ggml.model", "llama").key("tokenizer.ggml.pre", "default");
    file.key("tokenizer.ggml.tokens", tokens).key("tokenizer.ggml.scores", scores);
    file.key("tokenizer.ggml.token_type", types).key("tokenizer.ggml.bos_token_id", 1);
    file.key("tokenizer.ggml.add_bos_token", true).key("tokenizer.ggml.add_eos_token", false);
    return file;
  }

  private TextTokenizer open(TinyGguf file) throws IOException {
    file.write(folder);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return TextTokenizer.of(checkpoint);
    }
  }

  /** Two neighbours and the score of their union. */
  private record Pair(float score, String left, String right, int at) {}

  /**
   * Merges the neighbours whose union scores highest until none is left. Of equal unions that with
   * the longer left side is taken first, as Transformers orders them, then the leftmost.
   */
  private int[] expected(String text) {
    List<String> symbols = new ArrayList<>();
    ("▁" + text.replace(' ', '▁'))
        .codePoints()
        .forEach(letter -> symbols.add(Character.toString(letter)));
    Comparator<Pair> order =
        Comparator.comparingDouble((Pair pair) -> -pair.score())
            .thenComparingInt(pair -> -pair.left().length())
            .thenComparingInt(Pair::at);
    while (true) {
      List<Pair> pairs = new ArrayList<>();
      for (int i = 0; i + 1 < symbols.size(); i++) {
        Integer union = ids.get(symbols.get(i) + symbols.get(i + 1));
        if (union != null) {
          pairs.add(new Pair(scores[union], symbols.get(i), symbols.get(i + 1), i));
        }
      }
      if (pairs.isEmpty()) {
        break;
      }
      Pair best = Collections.min(pairs, order);
      symbols.set(best.at(), best.left() + best.right());
      symbols.remove(best.at() + 1);
    }
    List<Integer> result = new ArrayList<>(List.of(1));
    for (String symbol : symbols) {
      if (ids.containsKey(symbol)) {
        result.add(ids.get(symbol));
      } else {
        for (byte value : symbol.getBytes(StandardCharsets.UTF_8)) {
          result.add(BYTES + Byte.toUnsignedInt(value));
        }
      }
    }
    return result.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void theBestNeighboursAreMergedFirst() throws IOException {
    Random random = TestSeed.random();
    try (TextTokenizer tokenizer = open(file(random))) {
      for (int round = 0; round < 300; round++) {
        StringBuilder text = new StringBuilder("a");
        for (int i = random.nextInt(40); i > 0; i--) {
          text.append("abcdé  x日\n".charAt(random.nextInt(10)));
        }
        byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
        int[] actual = tokenizer.encode(utf8, 200).ids();
        assertArrayEquals(expected(text.toString()), actual, text.toString());
      }
    }
  }

  @Test
  void aTextStartsWithASpaceUnlessTheFileSaysOtherwise() throws IOException {
    TinyGguf file = file(TestSeed.random()).key("tokenizer.ggml.add_bos_token", false);
    try (TextTokenizer tokenizer = open(file)) {
      assertEquals(" ", first(tokenizer).substring(0, 1));
    }
    try (TextTokenizer tokenizer = open(file.key("tokenizer.ggml.add_space_prefix", false))) {
      assertEquals("d", first(tokenizer).substring(0, 1));
    }
  }

  private static String first(TextTokenizer tokenizer) {
    return tokenizer.pieces("d".getBytes(StandardCharsets.UTF_8), 9).get(0);
  }

  @Test
  void whatIsMalformedIsRefused() throws IOException {
    String named = "model.gguf: tokenizer.ggml.scores";
    TinyGguf few = file(TestSeed.random()).key("tokenizer.ggml.scores", new float[] {1});
    assertFails(() -> open(few).close(), named + " has 1 entries");
    TinyGguf none = file(TestSeed.random()).withoutKey("tokenizer.ggml.scores");
    assertFails(() -> open(none).close(), named + " is missing");
    TinyGguf stripped = file(TestSeed.random());
    stripped.key("tokenizer.ggml.remove_extra_whitespaces", true);
    assertFails(() -> open(stripped).close(), "remove_extra_whitespaces");
  }
}
