package org.sparkadept.decoder.tokenizer.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegexShapeTest {
  /**
   * Those of GPT-2, Llama 3, Qwen 2 and 3.5, GPT-4o, tekken, Kimi, DeepSeek, Falcon, BLOOM and
   * others.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
            + "(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
            + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
            + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
            + "|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*"
            + "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}",
        "[\\r\\n]",
        "\\s?\\p{L}+",
        "\\s?\\p{P}+",
        "\\s+$",
        "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
            + "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+",
        "[\\p{P}\\$\\+<=>\\^~\\|`]+",
        "[0-9][0-9][0-9]",
        " ?[^(\\s|[.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c])]+",
        "(?=(\\d{3})+(?!\\d))|[0-9]",
        "\\p{N}{1,3}(?=(?:\\p{N}{3})*(?:\\P{N}|$))",
        " ?(?:\\p{L}\\p{M}*)",
        ".{1,24}",
        " {2,}",
        "\\s+"
      })
  void whatTokenizersUseIsLinear(String regex) {
    RegexShape shape = RegexShape.of(regex);
    RegexShape expected = regex.startsWith("(?=") ? RegexShape.LINEAR_OR_EMPTY : RegexShape.LINEAR;
    assertEquals(expected, shape);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a*", "|a", "(?=a)", "a|(?:b*|c)", "\\b", "$"})
  void emptyTextsMayMatch(String regex) {
    assertEquals(RegexShape.LINEAR_OR_EMPTY, RegexShape.of(regex));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+b",
        "(?:a*)*",
        "(a|aa)+b",
        "(?:a?b?)*c",
        "a*a*b",
        "\\s*\\s+x",
        "(a{1,3})+b",
        "a{0,500}a{0,500}b",
        "(?:(?:a{500}){500}){500}",
        "(a)\\1",
        "(?<n>a)\\g<n>",
        "(?<=a+)b",
        "(?~ab)",
        "a++b{2}+",
        "a{2}{3}",
        "(?x: a )",
        "a{1,2000}",
        "(",
        "[a",
        "\\",
        "a)",
        "[]a]",
        "*",
        "a{2,1}",
        "\\X"
      })
  void allElseIsNotUnderstood(String regex) {
    assertEquals(RegexShape.UNKNOWN, RegexShape.of(regex));
  }
}
