package org.sparkadept.decoder.tokenizer.check;

/** The normalizer: what is made of a text before it is cut. */
final class NormalizerCheck {
  private static final int LONGEST_TEXT = 64;

  /** How many bytes of a character a normalizer that writes bytes makes. */
  private static final int BYTES = 4;

  /**
   * How many characters all parts together may make of one. Most make one; SentencePiece's map for
   * NFKC makes 18, of 33 bytes, of U+FDFA.
   */
  private static final double MOST_GROWTH = 256;

  private final Nesting nesting = new Nesting();
  private double growth = 1;
  private Erasure erasure = Erasure.NOTHING;

  private NormalizerCheck() {}

  /** What a normalizer may leave nothing of. */
  enum Erasure {
    NOTHING,
    /** Blanks, marks and characters that cannot be seen. */
    BLANKS,
    ANYTHING
  }

  /** Checks a normalizer. */
  static Erasure check(Part normalizer) {
    NormalizerCheck check = new NormalizerCheck();
    if (!normalizer.isAbsent()) {
      check.check(normalizer, 0);
    }
    return check.erasure;
  }

  private void check(Part part, int depth) {
    nesting.enter(part, depth);
    switch (part.type()) {
      case "Sequence" -> part.at("normalizers").elements().forEach(each -> check(each, depth + 1));
      case "Replace" -> replace(part);
      case "Prepend" -> part.at("prepend").text(0, LONGEST_TEXT);
      case "Precompiled" -> {
        grow(part, CharsMap.longest(part.at("precompiled_charsmap")));
        erases(Erasure.ANYTHING);
      }
      case "BertNormalizer", "Bert", "Nmt", "Strip", "StripAccents" -> erases(Erasure.BLANKS);
      case "ByteLevel" -> grow(part, BYTES);
      case "Lowercase", "NFC", "NFD", "NFKC", "NFKD" -> {}
      default ->
          throw part.at("type")
              .wrong(
                  "is not known; known are BertNormalizer, ByteLevel, Lowercase, NFC, NFD, NFKC,"
                      + " NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip and"
                      + " StripAccents");
    }
  }

  private void replace(Part part) {
    int least = PatternCheck.check(part.at("pattern"));
    String content = part.at("content").text(0, LONGEST_TEXT);
    if (least == 0) {
      throw part.at("pattern").wrong("may match an empty text, which is everywhere");
    }
    grow(part, content.length() / (double) least);
    if (content.isEmpty()) {
      erases(Erasure.ANYTHING);
    }
  }

  private void grow(Part part, double factor) {
    growth *= Math.max(1, factor);
    if (growth > MOST_GROWTH) {
      throw part.wrong(
          "and those before it make more than "
              + (int) MOST_GROWTH
              + " characters of one, so that a short text would take all memory");
    }
  }

  private void erases(Erasure what) {
    erasure = what.compareTo(erasure) > 0 ? what : erasure;
  }
}
