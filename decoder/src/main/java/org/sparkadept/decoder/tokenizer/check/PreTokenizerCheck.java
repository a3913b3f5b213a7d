package org.sparkadept.decoder.tokenizer.check;

/** The pre-tokenizer: where a text is cut before the model sees it. */
final class PreTokenizerCheck {
  private final Nesting nesting = new Nesting();
  private boolean bytes;

  private PreTokenizerCheck() {}

  static void check(Part preTokenizer) {
    if (!preTokenizer.isAbsent()) {
      new PreTokenizerCheck().check(preTokenizer, 0);
    }
  }

  private void check(Part part, int depth) {
    nesting.enter(part, depth);
    switch (part.type()) {
      case "Sequence" ->
          part.at("pretokenizers").elements().forEach(each -> check(each, depth + 1));
      case "Split" -> PatternCheck.check(part.at("pattern"));
      case "ByteLevel" -> writesBytes(part);
      case "FixedLength" -> part.at("length").whole(1, Integer.MAX_VALUE);
      case "BertPreTokenizer",
          "CharDelimiterSplit",
          "Delimiter",
          "Digits",
          "Metaspace",
          "Punctuation",
          "UnicodeScripts",
          "Whitespace",
          "WhitespaceSplit" -> {}
      default ->
          throw part.at("type")
              .wrong(
                  "is not known; known are BertPreTokenizer, ByteLevel, Delimiter, Digits,"
                      + " FixedLength, Metaspace, Punctuation, Sequence, Split, UnicodeScripts,"
                      + " Whitespace and WhitespaceSplit");
    }
  }

  /** Each time, a character becomes several. */
  private void writesBytes(Part part) {
    if (bytes) {
      throw part.wrong("writes bytes as characters a second time");
    }
    bytes = true;
  }
}
