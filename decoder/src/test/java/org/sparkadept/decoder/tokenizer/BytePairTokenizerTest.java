package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkadept.decoder.fixture.TestSeed;

/** The ids of {@link BytePairTokenizer} are those of the native library. */
class BytePairTokenizerTest {
  private static final int ALL = Integer.MAX_VALUE / 2;

  /** The vocabulary of the model that the quick start uses: 8,192 tokens, learned from text. */
  private static final Path LEARNED = Path.of("../models/adept-dbpedia14/tokenizer.json");

  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final String LLAMA3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String QWEN2 = LLAMA3.replace("{1,3}", "");

  @TempDir Path directory;

  /** How well-known models cut a text, with this test's vocabulary. */
  private enum Kind {
    GPT2,
    GPT2_WITH_PREFIX_SPACE,
    SMOLLM,
    LLAMA3,
    QWEN2,
    NO_PATTERN_IN_BYTE_LEVEL;

    ObjectNode tokenizer() throws IOException {
      ObjectNode file = (ObjectNode) new ObjectMapper().readTree(LEARNED.toFile());
      ObjectNode model = (ObjectNode) file.get("model");
      switch (this) {
        case GPT2:
          return file.set("pre_tokenizer", byteLevel(false, true));
        case GPT2_WITH_PREFIX_SPACE:
          file.putNull("post_processor");
          return file.set("pre_tokenizer", byteLevel(true, true));
        case SMOLLM:
          mergesAsArrays(model);
          return file.set("pre_tokenizer", sequence(digits(), byteLevel(false, true)));
        case LLAMA3:
          model.put("ignore_merges", true);
          return file.set(
              "pre_tokenizer",
              sequence(split(BytePairTokenizerTest.LLAMA3), byteLevel(false, false)));
        case QWEN2:
          file.putObject("normalizer").put("type", "NFC");
          return file.set(
              "pre_tokenizer",
              sequence(split(BytePairTokenizerTest.QWEN2), byteLevel(false, false)));
        default:
          return file.set(
              "pre_tokenizer",
              sequence(split(BytePairTokenizerTest.GPT2), byteLevel(false, false)));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void idsOfRandomTexts(Kind kind) throws IOException {
    Random random = TestSeed.random();
    try (Pair pair = new Pair(kind.tokenizer())) {
      int here = 0;
      for (int i = 0; i < 3_000; i++) {
        here += pair.assertSame(text(random, pair.words())) ? 1 : 0;
      }
      assertTrue(here > 1_000, "the library was left " + (3_000 - here) + " of 3,000 texts");
    }
  }

  /** All but ideographs and syllables, of which there are too many: of these, some. */
  @ParameterizedTest
  @EnumSource(names = {"GPT2_WITH_PREFIX_SPACE", "SMOLLM", "LLAMA3"})
  void idsOfEveryCharacter(Kind kind) throws IOException {
    Random random = TestSeed.random();
    try (Pair pair = new Pair(kind.tokenizer())) {
      StringBuilder text = new StringBuilder();
      for (int point = 1; point <= Character.MAX_CODE_POINT; point++) {
        int type = Character.getType(point);
        if (type != Character.UNASSIGNED
            && type != Character.SURROGATE
            && type != Character.PRIVATE_USE
            && (type != Character.OTHER_LETTER || random.nextInt(20) == 0)) {
          String character = Character.toString(point);
          text.append('a').append(character).append("b 1").append(character).append(character);
          text.append(" .").append(character).append(' ').append(character).append('\'');
          text.append(character).append("s\n");
        }
        if (text.length() > 2_000) {
          pair.assertSame(text.toString());
          text.setLength(0);
        }
      }
      pair.assertSame(text.toString());
    }
  }

  @Test
  void theRestOfATextIsLeftOutBehindEnoughTokens() throws IOException {
    try (Pair pair = new Pair(Kind.GPT2.tokenizer())) {
      int[] ids = pair.here().encode("one two three ".repeat(100_000), 10).orElseThrow();
      int[] first = pair.here().encode("one two three ".repeat(10), ALL).orElseThrow();
      assertTrue(ids.length >= 10 && ids.length < 20, ids.length + " ids");
      assertArrayEquals(Arrays.copyOf(first, ids.length), ids);
    }
  }

  @Test
  void textsThatMightBeReadOtherwiseAreLeftToTheLibrary() throws IOException {
    try (Pair pair = new Pair(Kind.QWEN2.tokenizer())) {
      assertTrue(pair.here().encode("a <|cls|> in the text", ALL).isEmpty());
      assertTrue(pair.here().encode("x".repeat(300), ALL).isEmpty());
      assertTrue(pair.here().encode("\u0378 has no meaning", ALL).isEmpty());
      assertTrue(pair.here().encode("e\u0301 is not composed", ALL).isEmpty());
      assertTrue(pair.here().encode("\u00e9 < is composed", ALL).isPresent());
    }
  }

  @Test
  void filesOfOtherKindsAreLeftToTheLibrary() throws IOException {
    List<ObjectNode> others = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      others.add(Kind.GPT2.tokenizer());
    }
    others.get(0).putObject("normalizer").put("type", "Lowercase");
    others.get(1).putObject("pre_tokenizer").put("type", "Whitespace");
    others.get(2).putNull("pre_tokenizer");
    others.get(3).set("pre_tokenizer", byteLevel(false, false));
    others.get(4).set("pre_tokenizer", sequence(split("\\w+"), byteLevel(false, false)));
    others.get(5).set("pre_tokenizer", sequence(digits(), byteLevel(true, true)));
    ((ObjectNode) others.get(6).get("model")).put("dropout", 0.1);
    ((ObjectNode) others.get(7).get("model")).put("end_of_word_suffix", "</w>");
    ((ObjectNode) others.get(8).get("model").get("vocab")).remove("a");
    for (ObjectNode other : others) {
      assertEquals(
          Optional.empty(), BytePairTokenizer.of(other), other.get("pre_tokenizer")::toString);
    }
  }

  /** Words, characters of all kinds, runs of blanks, numbers, contractions, sometimes much. */
  private static String text(Random random, List<String> words) {
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(40);
    for (int i = 0; i < parts; i++) {
      switch (random.nextInt(12)) {
        case 0:
          text.append(" ".repeat(random.nextInt(4)));
          break;
        case 1:
          text.append(List.of("\n", "\r\n", "\t", "\u00a0", "\u3000").get(random.nextInt(5)));
          break;
        case 2:
          text.append(random.nextInt(100_000));
          break;
        case 3:
          text.append(
              List.of("'s", "'LL", "'\u017f", "don't", "I'Ve", "'re'd").get(random.nextInt(6)));
          break;
        case 4:
          text.append((char) random.nextInt(0x300));
          break;
        case 5:
          text.append(Character.toString(0x300 + random.nextInt(0x3000)));
          break;
        case 6:
          text.append(Character.toString(0x4e00 + random.nextInt(0x100)));
          break;
        case 7:
          text.append(Character.toString(0x1f300 + random.nextInt(0x400)));
          break;
        case 8:
          text.append(random.nextInt(20) == 0 ? "<|cls|>" : ".,;:!?()[]{}<>".charAt(i % 14));
          break;
        default:
          text.append(random.nextBoolean() ? " " : "");
          text.append(words.get(random.nextInt(words.size())));
      }
    }
    return text.toString();
  }

  private static ObjectNode byteLevel(boolean prefixSpace, boolean regex) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("type", "ByteLevel");
    node.put("add_prefix_space", prefixSpace).put("trim_offsets", true);
    return node.put("use_regex", regex);
  }

  private static ObjectNode digits() {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("type", "Digits");
    return node.put("individual_digits", true);
  }

  private static ObjectNode split(String pattern) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("type", "Split");
    node.putObject("pattern").put("Regex", pattern);
    return node.put("behavior", "Isolated").put("invert", false);
  }

  private static ObjectNode sequence(ObjectNode... steps) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("type", "Sequence");
    node.putArray("pretokenizers").addAll(List.of(steps));
    return node;
  }

  private static void mergesAsArrays(ObjectNode model) {
    ArrayNode arrays = JsonNodeFactory.instance.arrayNode();
    for (JsonNode merge : model.get("merges")) {
      ArrayNode sides = arrays.addArray();
      Stream.of(merge.asText().split(" ")).forEach(sides::add);
    }
    model.set("merges", arrays);
  }

  /** The native tokenizer and the one in Java, of one file. */
  private record Pair(NativeTokenizer library, BytePairTokenizer here, List<String> words)
      implements AutoCloseable {

    Pair(ObjectNode file) {
      this(
          new NativeTokenizer(file.toString()),
          BytePairTokenizer.of(file).orElseThrow(),
          words(file));
    }

    private static List<String> words(ObjectNode file) {
      List<String> words = new ArrayList<>();
      TokenText text = TokenText.of(file);
      file.get("model").get("vocab").fieldNames().forEachRemaining(t -> words.add(text.text(t)));
      return words;
    }

    /** Whether the text was encoded in Java; the ids are compared then. */
    boolean assertSame(String text) {
      Optional<int[]> ids = here.encode(text, ALL);
      if (ids.isPresent()) {
        long[] mask = library.specialTokenMask(text);
        long[] all = library.encode(text);
        int[] expected =
            LongStream.range(0, all.length)
                .filter(i -> mask[(int) i] == 0)
                .mapToInt(i -> (int) all[(int) i])
                .toArray();
        assertArrayEquals(expected, ids.get(), () -> "ids of: " + text);
      }
      return ids.isPresent();
    }

    @Override
    public void close() {
      library.close();
    }
  }
}
