package org.sparkadept.decoder.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a {@code tokenizer.json} of byte-level BPE cuts a text into pieces before any merge, for the
 * patterns of GPT-2, SmolLM, Llama 3 and Qwen 2.
 *
 * @param prefixSpace whether a text that does not begin with a space gets one
 * @param digits whether every digit is a piece of its own before the pattern sees the text
 * @param pattern what matches is a piece
 */
record PreTokenizer(boolean prefixSpace, boolean digits, Pattern pattern) {

  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

  /** As Llama 3 and Qwen 2 write it, with at most three digits together, or one. */
  private static final String CL100K =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}%s|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private static final Set<String> PATTERNS =
      Set.of(GPT2, String.format(CL100K, "{1,3}"), String.format(CL100K, ""));

  /**
   * @param node {@code pre_tokenizer} of a {@code tokenizer.json}
   * @return empty if it cuts in another way
   */
  static Optional<PreTokenizer> of(JsonNode node) {
    List<JsonNode> steps = new ArrayList<>();
    if (node.path("type").asText().equals("Sequence")) {
      node.path("pretokenizers").forEach(steps::add);
    } else {
      steps.add(node);
    }
    JsonNode last = steps.isEmpty() ? node : steps.get(steps.size() - 1);
    if (steps.size() > 2 || !last.path("type").asText().equals("ByteLevel")) {
      return Optional.empty();
    }
    boolean space = last.path("add_prefix_space").asBoolean(true);
    boolean regex = last.path("use_regex").asBoolean(true);
    if (steps.size() == 1) {
      return regex ? Optional.of(new PreTokenizer(space, false, compile(GPT2))) : Optional.empty();
    }
    JsonNode first = steps.get(0);
    String split = first.path("pattern").path("Regex").asText();
    if (space) {
      return Optional.empty(); // every piece of the first step would get a space
    } else if (regex && singleDigits(first)) {
      return Optional.of(new PreTokenizer(false, true, compile(GPT2)));
    } else if (!regex && isolates(first) && PATTERNS.contains(split)) {
      return Optional.of(new PreTokenizer(false, false, compile(split)));
    }
    return Optional.empty();
  }

  private static boolean singleDigits(JsonNode step) {
    return step.path("type").asText().equals("Digits")
        && step.path("individual_digits").asBoolean(false);
  }

  private static boolean isolates(JsonNode step) {
    return step.path("type").asText().equals("Split")
        && step.path("behavior").asText().equals("Isolated")
        && !step.path("invert").asBoolean(false);
  }

  private static Pattern compile(String pattern) {
    return Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS);
  }

  /** Cuts a text from left to right. */
  Cursor cut(String text) {
    return new Cursor(prefixSpace && !text.isEmpty() && !text.startsWith(" ") ? " " + text : text);
  }

  /** The pieces of one text. */
  final class Cursor {
    private final String text;
    private final Matcher matcher;
    private int end;

    /** Where the region of the matcher ends: at the next digit, if these stand alone. */
    private int regionEnd;

    private Cursor(String text) {
      this.text = text;
      matcher = pattern.matcher(text);
      if (!digits) {
        regionEnd = text.length();
      }
    }

    /** The next piece; null behind the last. */
    String next() {
      if (end == text.length()) {
        return null;
      }
      int start = end;
      if (start == regionEnd) {
        int point = text.codePointAt(start);
        if (isDigit(point)) {
          end = start + Character.charCount(point);
          regionEnd = end;
          return text.substring(start, end);
        }
        regionEnd = nextDigit(start);
        // The end of a region is the end of the text for what looks ahead.
        matcher.region(start, regionEnd);
      }
      end = matcher.find() ? matcher.end() : regionEnd;
      return text.substring(start, end);
    }

    private int nextDigit(int from) {
      int at = from;
      while (at < text.length() && !isDigit(text.codePointAt(at))) {
        at += Character.charCount(text.codePointAt(at));
      }
      return at;
    }
  }

  /** Unicode's general category N. */
  private static boolean isDigit(int point) {
    switch (Character.getType(point)) {
      case Character.DECIMAL_DIGIT_NUMBER:
      case Character.LETTER_NUMBER:
      case Character.OTHER_NUMBER:
        return true;
      default:
        return false;
    }
  }
}
