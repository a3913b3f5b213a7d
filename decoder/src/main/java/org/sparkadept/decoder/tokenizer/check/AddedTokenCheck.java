package org.sparkadept.decoder.tokenizer.check;

import org.sparkadept.decoder.tokenizer.check.NormalizerCheck.Erasure;

/**
 * Added tokens. The library compares each with all others, and builds an automaton of their
 * characters, so both are bounded.
 */
final class AddedTokenCheck {
  private static final int MOST = 100_000;
  private static final int LONGEST = 1024;

  private AddedTokenCheck() {}

  /**
   * Checks added tokens.
   *
   * @param erasure what the normalizer may leave nothing of: an empty token would be found inside
   *     of characters, which ends the process
   */
  static void check(Part tokens, Erasure erasure) {
    if (tokens.isAbsent()) {
      return;
    }
    int count = tokens.node().size();
    if (count > MOST) {
      throw tokens.wrong(String.format("has %d tokens, but must have %d at most", count, MOST));
    }
    for (Part token : tokens.elements()) {
      ModelCheck.id(token.at("id"));
      String content = token.at("content").text(0, LONGEST);
      boolean normalized = token.at("normalized").node().asBoolean();
      if (normalized && mayVanish(content, erasure)) {
        token.doubt("is normalized, and the normalizer may leave nothing of it");
      }
    }
  }

  private static boolean mayVanish(String content, Erasure erasure) {
    return switch (erasure) {
      case NOTHING -> false;
      case BLANKS -> content.chars().noneMatch(c -> c > ' ' && c < 0x7F);
      case ANYTHING -> true;
    };
  }
}
