package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.fixture.TinyTokenizer;

class SafeCutTest {

  private static final int MAX_TOKENS = 4;

  @Test
  void theTextIsCutBeforeTheFirstStopBehindAWord() {
    assertEquals("a , some", cut(TinyTokenizer.plain(), "a , some words, here", 4).text());
    assertEquals(MAX_TOKENS + 1, cut(TinyTokenizer.plain(), "a , some words", 4).enough());
  }

  @Test
  void aShortTextStaysWhole() {
    SafeCut.Beginning beginning = cut(TinyTokenizer.plain(), "some words", 10);
    assertEquals("some words", beginning.text());
    assertEquals(0, beginning.enough());
  }

  @Test
  void chineseStopsAreStops() {
    assertEquals("一二三四", cut(TinyTokenizer.plain(), "一二三四。五六七八。", 3).text());
  }

  @Test
  void withoutAStopMoreTokensAreAskedFor() {
    SafeCut.Beginning beginning = cut(TinyTokenizer.plain(), "abcdefghijklmnopq", 3);
    assertEquals("abc", beginning.text());
    assertEquals(MAX_TOKENS + 256, beginning.enough());
  }

  @Test
  void noCharacterIsHalved() {
    assertEquals("ab\uD83D\uDE00", cut(TinyTokenizer.plain(), "ab\uD83D\uDE00abcdefgh", 3).text());
  }

  @Test
  void aStopThatATokenReachesOverIsNone() {
    TinyTokenizer over = TinyTokenizer.plain().withMerges("a _", "a_ b");
    assertEquals("abc", cut(over, "abc efg hijklmnop", 3).text());
    assertEquals(MAX_TOKENS + 256, cut(over, "abc efg hijklmnop", 3).enough());
    assertEquals("abc ef\tg".substring(0, 6), cut(over, "abc ef\tg hijklmnop", 3).text());
  }

  @Test
  void aTokenOfBlanksReachesOverNothing() {
    TinyTokenizer blanks = TinyTokenizer.plain().withMerges("_ _", "\n _", "! _", "_ a");
    assertEquals("abc", cut(blanks, "abc efg hij", 2).text());
  }

  @Test
  void aTokenThatEndsInsideAStopReachesOverIt() {
    ObjectNode json = TinyTokenizer.plain().json();
    // The letter é (C3 A9) and the first byte of 。 (E3): C3 is written Ã, A9 ©, E3 ã.
    ((ObjectNode) json.at("/model/vocab")).put("\u00c3\u00a9\u00e3", 258);
    assertEquals("ab", cut(json, "abc\u3002defghijklmno", 2).text());
    assertEquals("abc", cut(json, "abc defghijklmno", 2).text());
  }

  @Test
  void aLongTokenOfManyStopsTakesNoTimeToRead() {
    ObjectNode json = TinyTokenizer.plain().json();
    ((ObjectNode) json.at("/model/vocab")).put("-\u0120".repeat(1 << 20), 300);
    TokenizerVocabulary vocabulary = TokenizerVocabulary.of(json);
    assertTimeoutPreemptively(Duration.ofSeconds(10), () -> SafeCut.of(json, vocabulary, false));
  }

  @Test
  void theBoundGrowsWithTheTokens() {
    ObjectNode json = TinyTokenizer.plain().json();
    SafeCut known = SafeCut.of(json, TokenizerVocabulary.of(json), false);
    assertEquals(65_536, known.mostCharacters(1));
    assertEquals(16 * 8192, known.mostCharacters(8192));
    assertEquals(524_288, known.mostCharacters(Integer.MAX_VALUE));
    SafeCut doubtful = SafeCut.of(json, TokenizerVocabulary.of(json), true);
    assertEquals(65_536, doubtful.mostCharacters(8192));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/model/type | \"WordPiece\"",
        "/model/dropout | 0.1",
        "/model/end_of_word_suffix | \"</w>\"",
        "/model/continuing_subword_prefix | \"##\"",
        "/normalizer | {\"type\": \"NFKC\"}",
        "/normalizer | {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Lowercase\"}]}"
      })
  void tokenizersThatLookFurtherGetTheWholeText(String key, String value) throws Exception {
    assertEquals("abc def ghi", cut(with(key, value), "abc def ghi", 2).text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/normalizer | {\"type\": \"NFC\"}",
        "/model/dropout | null",
        "/model/end_of_word_suffix | \"\""
      })
  void othersAreCut(String key, String value) throws Exception {
    assertEquals("abc", cut(with(key, value), "abc def ghi", 2).text());
  }

  @Test
  void sentencePieceMarksBlanksInItsOwnWay() throws Exception {
    ObjectNode json = TinyTokenizer.plain().json();
    json.putNull("pre_tokenizer").putNull("decoder");
    ObjectNode normalizer = json.putObject("normalizer").put("type", "Sequence");
    normalizer.putArray("normalizers").addObject().put("type", "Prepend").put("prepend", "\u2581");
    ObjectNode replace = normalizer.withArray("normalizers").addObject();
    replace.put("type", "Replace").put("content", "\u2581").putObject("pattern").put("String", " ");
    assertEquals("abc", cut(json, "abc def ghi", 2).text());
    ((ObjectNode) json.at("/model/vocab")).put("c\u2581d", 300);
    assertEquals("ab", cut(json, "abc def ghi", 2).text());
  }

  private static ObjectNode with(String pointer, String value) throws Exception {
    ObjectNode json = TinyTokenizer.plain().json();
    int last = pointer.lastIndexOf('/');
    ObjectNode parent = (ObjectNode) json.at(pointer.substring(0, last));
    parent.set(pointer.substring(last + 1), new ObjectMapper().readTree(value));
    return json;
  }

  private static SafeCut.Beginning cut(TinyTokenizer tokenizer, String text, int wanted) {
    return cut(tokenizer.json(), text, wanted);
  }

  private static SafeCut.Beginning cut(ObjectNode json, String text, int wanted) {
    return SafeCut.of(json, TokenizerVocabulary.of(json), false)
        .beginning(text, wanted, MAX_TOKENS);
  }
}
