package org.sparkadept.decoder.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.sparkadept.decoder.fixture.TinyTokenizer;

/** Tokenizers made to do harm, each with what the refusal must name. */
final class HostileTokenizers {
  private static final ObjectMapper JSON = new ObjectMapper();

  private HostileTokenizers() {}

  /**
   * One of them.
   *
   * @param name what is wrong with it
   * @param json the file
   * @param said the place in the file, as the message names it
   */
  record Hostile(String name, String json, String said) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Files that are refused before the native library sees them. */
  static List<Hostile> all() {
    List<Hostile> all = new ArrayList<>();
    templates(all);
    normalizers(all);
    preTokenizers(all);
    models(all);
    addedTokens(all);
    return all;
  }

  private static void templates(List<Hostile> all) {
    String sequence = "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}";
    String token = "{\"SpecialToken\":{\"id\":\"<|cls|>\",\"type_id\":0}}";
    String tokens = "{\"<|cls|>\":{\"id\":\"<|cls|>\",\"ids\":[258],\"tokens\":[\"<|cls|>\"]}}";
    all.add(
        with(
            "a template with a token that is absent",
            "/post_processor",
            template(sequence + "," + token, "{}"),
            "post_processor.single[1]"));
    all.add(
        with(
            "a template with a second text",
            "/post_processor",
            template(sequence.replace("\"A\"", "\"B\""), tokens),
            "post_processor.single[0]"));
    all.add(
        with(
            "two templates",
            "/post_processor",
            "{\"type\":\"Sequence\",\"processors\":["
                + template(token + "," + sequence + "," + token, tokens)
                + ","
                + template(sequence, tokens)
                + "]}",
            "post_processor.processors[1]"));
    all.add(
        with(
            "a special token with fewer ids than tokens",
            "/post_processor",
            template(sequence + "," + token, tokens.replace("[258]", "[]")),
            "post_processor.special_tokens"));
  }

  private static String template(String single, String tokens) {
    return "{\"type\":\"TemplateProcessing\",\"single\":["
        + single
        + "],\"pair\":[{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},"
        + "{\"Sequence\":{\"id\":\"B\",\"type_id\":0}}],\"special_tokens\":"
        + tokens
        + "}";
  }

  private static void normalizers(List<Hostile> all) {
    all.add(
        with(
            "an empty pattern is replaced",
            "/normalizer",
            "{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\"xx\"}",
            "normalizer.pattern"));
    all.add(
        with(
            "a long text is prepended",
            "/normalizer",
            "{\"type\":\"Prepend\",\"prepend\":\"" + "x".repeat(1 << 20) + "\"}",
            "normalizer.prepend"));
    StringBuilder doubling = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      doubling
          .append(i == 0 ? "" : ",")
          .append("{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aa\"}");
    }
    all.add(
        with(
            "forty doublings",
            "/normalizer",
            "{\"type\":\"Sequence\",\"normalizers\":[" + doubling + "]}",
            "normalizer.normalizers["));
    all.add(charsMap("a map of characters that is cut off", new int[] {400, 0}, ""));
    all.add(charsMap("a map of characters of two GB", new int[] {0x7FFFFFFC}, ""));
    all.add(charsMap("a map of characters without a trie", new int[] {0}, "a\0"));
    all.add(charsMap("a trie that leads outside", new int[] {4, 1 << 30}, "a\0"));
    all.add(charsMap("a leaf that leads outside", leafTrie(99), "a\0"));
    all.add(
        charsMap("a replacement of a megabyte", leafTrie(0), "x".repeat(1 << 20), "normalizer"));
    all.add(charsMap("a leaf inside a character", leafTrie(1), "\u00e9\0"));
    all.add(
        with(
            "a map of characters that is not Base64",
            "/normalizer",
            "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"???\"}",
            "normalizer.precompiled_charsmap"));
    all.add(
        with(
            "a map of characters that is absent",
            "/normalizer",
            "{\"type\":\"Precompiled\"}",
            "normalizer.precompiled_charsmap"));
    all.add(
        with(
            "an unknown normalizer", "/normalizer", "{\"type\":\"Uppercase\"}", "normalizer.type"));
  }

  /** A trie over the letter a alone, whose value is {@code value}. */
  private static int[] leafTrie(int value) {
    int[] units = new int[1 + 512];
    units[0] = 512 * Integer.BYTES;
    units[1] = 256 << 10; // the root leads to 256
    units[1 + (256 ^ 'a')] = ('a') | 1 << 8 | (256 ^ 'a' ^ 1) << 10;
    units[1 + 1] = value;
    return units;
  }

  private static Hostile charsMap(String name, int[] words, String texts) {
    return charsMap(name, words, texts, "normalizer.precompiled_charsmap");
  }

  private static Hostile charsMap(String name, int[] words, String texts, String said) {
    byte[] tail = texts.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(words.length * Integer.BYTES + tail.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(words);
    bytes.position(words.length * Integer.BYTES).put(tail);
    return with(
        name,
        "/normalizer",
        "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\""
            + Base64.getEncoder().encodeToString(bytes.array())
            + "\"}",
        said);
  }

  private static void preTokenizers(List<Hostile> all) {
    all.add(
        with(
            "pieces of no characters",
            "/pre_tokenizer",
            "{\"type\":\"FixedLength\",\"length\":0}",
            "pre_tokenizer.length"));
    all.add(
        with(
            "an empty text that cuts",
            "/pre_tokenizer",
            "{\"type\":\"Split\",\"pattern\":{\"String\":\"\"},\"behavior\":\"Isolated\","
                + "\"invert\":false}",
            "pre_tokenizer.pattern"));
    String bytes = "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":false}";
    all.add(
        with(
            "bytes of bytes",
            "/pre_tokenizer",
            "{\"type\":\"Sequence\",\"pretokenizers\":[" + bytes + "," + bytes + "]}",
            "pre_tokenizer.pretokenizers[1]"));
    all.add(
        with(
            "a thousand steps",
            "/pre_tokenizer",
            "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Whitespace\"}"
                + ",{\"type\":\"Whitespace\"}".repeat(999)
                + "]}",
            "pre_tokenizer.pretokenizers[99]"));
    all.add(
        with(
            "steps in steps in steps",
            "/pre_tokenizer",
            "{\"type\":\"Sequence\",\"pretokenizers\":[".repeat(40)
                + "{\"type\":\"Whitespace\"}"
                + "]}".repeat(40),
            "pre_tokenizer"));
  }

  private static void models(List<Hostile> all) {
    all.add(with("dropout", "/model/dropout", "0.1", "model.dropout"));
    ObjectNode prefix = TinyTokenizer.plain().json();
    ((ObjectNode) prefix.path("model")).put("continuing_subword_prefix", "##");
    all.add(hostile("merges without their prefix", prefix, "model.merges[0]"));
    all.add(with("merges by name", "/model/merges", "{\"a\":\"b\"}", "model.merges"));
    ObjectNode unigram = unigram("x".repeat(20_000));
    all.add(hostile("a piece of 20 KB", unigram, "model.vocab[2]"));
    ObjectNode piece = TinyTokenizer.plain().json();
    ((ObjectNode) piece.at("/model/vocab")).put("a".repeat(2000), 300);
    all.add(hostile("a token of 2 KB", piece, "model.vocab"));
    all.add(
        with(
            "words of any length",
            "/model",
            "{\"type\":\"WordPiece\",\"unk_token\":\"a\",\"continuing_subword_prefix\":\"##\","
                + "\"max_input_chars_per_word\":1000000000,\"vocab\":{\"a\":0,\"##a\":1}}",
            "model.max_input_chars_per_word"));
    all.add(with("a negative id", "/model/vocab/z", "-1", "model.vocab"));
    all.add(with("an id that no model has", "/model/vocab/z", "2147483655", "model.vocab"));
    all.add(with("an unknown model", "/model/type", "\"WordSoup\"", "model.type"));
  }

  /** A Unigram model of {@code <unk>}, {@code a} and one more piece. */
  static ObjectNode unigram(String piece) {
    ObjectNode json = TinyTokenizer.plain().json();
    json.putNull("pre_tokenizer").putNull("decoder").putNull("post_processor");
    json.putArray("added_tokens");
    ObjectNode model = json.putObject("model").put("type", "Unigram").put("unk_id", 0);
    ArrayNode vocab = model.putArray("vocab");
    vocab.addArray().add("<unk>").add(0.0);
    vocab.addArray().add("a").add(-1.0);
    vocab.addArray().add(piece).add(-2.0);
    return json;
  }

  private static void addedTokens(List<Hostile> all) {
    ObjectNode longToken = TinyTokenizer.plain().json();
    ((ObjectNode) longToken.at("/added_tokens/0")).put("content", "x".repeat(200_000));
    all.add(hostile("an added token of 200 KB", longToken, "added_tokens[0].content"));
    ObjectNode many = TinyTokenizer.plain().json();
    ArrayNode list = many.putArray("added_tokens");
    for (int i = 0; i < 200_000; i++) {
      list.addObject().put("id", 258 + i).put("content", "<" + i + ">").put("special", true);
    }
    all.add(hostile("200,000 added tokens", many, "added_tokens"));
  }

  /** An added token that the normalizer leaves nothing of. */
  static String vanishing() {
    ObjectNode vanishing = TinyTokenizer.plain().json();
    ((ObjectNode) vanishing.at("/added_tokens/0")).put("content", " ").put("normalized", true);
    vanishing.putObject("normalizer").put("type", "Strip").put("strip_left", true);
    ((ObjectNode) vanishing.path("normalizer")).put("strip_right", true);
    return vanishing.toString();
  }

  private static Hostile with(String name, String pointer, String value, String said) {
    ObjectNode json = TinyTokenizer.plain().json();
    int last = pointer.lastIndexOf('/');
    try {
      ((ObjectNode) json.at(pointer.substring(0, last)))
          .set(pointer.substring(last + 1), JSON.readTree(value));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
    return hostile(name, json, said);
  }

  private static Hostile hostile(String name, ObjectNode json, String said) {
    return new Hostile(name, json.toString(), said);
  }
}
