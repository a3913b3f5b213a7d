package org.sparkadept.decoder.tokenizer.check;

/** How many parts a sequence has in all, and how deep they are nested. */
final class Nesting {
  private static final int DEEPEST = 8;
  private static final int MOST = 100;

  private int parts;

  /** Counts a part. */
  void enter(Part part, int depth) {
    if (depth > DEEPEST) {
      throw part.wrong("is nested deeper than " + DEEPEST + " levels");
    }
    if (++parts > MOST) {
      throw part.wrong("is the part after " + MOST + " others");
    }
  }
}
