package org.sparkadept.training.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts text as Hugging Face's pre-tokenizer ByteLevel with add_prefix_space and use_regex does. */
final class WordSplitter {
  private static final Pattern WORD =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private WordSplitter() {}

  /** The words of a text, spelled in {@link ByteAlphabet}; their concatenation is the text. */
  static List<String> split(String text) {
    String prefixed = text.startsWith(" ") ? text : " " + text;
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(prefixed);
    while (matcher.find()) {
      words.add(ByteAlphabet.spell(matcher.group()));
    }
    return words;
  }
}
