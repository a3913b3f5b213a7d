package org.sparkadept.decoder.tokenizer.check;

import java.util.List;

/**
 * How far a regular expression may go back. Those that tokenizers use are alternatives without
 * nested repetitions, as GPT-2's {@code ?\p{L}+| ?\p{N}+|\s+(?!\S)|\s+}. Of a repetition, matches
 * are given back one by one where something behind it fails; so at one place of a text, an
 * alternative with one such repetition goes back as often as the text is long.
 */
enum RegexShape {
  /** Goes back a few times for each character of the text, and matches one character or more. */
  LINEAR,
  /** The same, but an empty text may match. */
  LINEAR_OR_EMPTY,
  /** May go back more often, or has what is not understood here. */
  UNKNOWN;

  /** Steps back for each character; times the longest text, below the library's ten million. */
  private static final int MOST_STEPS = 16;

  /** Steps back at one place, whatever the text. */
  private static final long MOST_FIXED_STEPS = 100_000;

  /** Terms, those that are repeated a bounded number of times written out. */
  private static final long MOST_TERMS = 100_000;

  private static final long MANY = 1L << 31;

  static RegexShape of(String regex) {
    List<List<Term>> alternatives = RegexParser.parse(regex).orElse(null);
    if (alternatives == null || terms(alternatives) > MOST_TERMS) {
      return UNKNOWN;
    }
    long steps = 0;
    for (List<Term> alternative : alternatives) {
      Cost cost = cost(alternative, false);
      if (cost.degree() > 1 || cost.factor() > MOST_FIXED_STEPS) {
        return UNKNOWN;
      }
      steps += cost.degree() * cost.factor();
    }
    if (steps > MOST_STEPS) {
      return UNKNOWN;
    }
    return alternatives.stream().allMatch(terms -> least(terms) > 0) ? LINEAR : LINEAR_OR_EMPTY;
  }

  /**
   * A character, a class of characters, an assertion or a group, with how often it is repeated.
   *
   * @param alternatives of a group; none for others
   * @param width characters of one match; 0 for an assertion and for a group
   * @param assertion whether it looks only
   * @param most {@link #UNBOUNDED} for a repetition without end
   */
  record Term(List<List<Term>> alternatives, int width, boolean assertion, int least, int most) {
    static final int UNBOUNDED = Integer.MAX_VALUE;

    /** Whether there is one way to match only. */
    boolean isFixed() {
      return least == most
          && alternatives.size() <= 1
          && alternatives.stream().flatMap(List::stream).allMatch(Term::isFixed);
    }
  }

  /** So often {@code factor} times the text's length to the power of {@code degree}. */
  private record Cost(int degree, long factor) {
    Cost times(Cost other) {
      return new Cost(degree + other.degree, Math.min(MANY, factor * other.factor));
    }
  }

  /**
   * Steps back over terms in a row.
   *
   * @param mayFail whether something behind them may fail
   */
  private static Cost cost(List<Term> terms, boolean mayFail) {
    Cost cost = new Cost(0, 1);
    boolean behind = mayFail;
    for (int i = terms.size() - 1; i >= 0; i--) {
      Term term = terms.get(i);
      cost = cost.times(cost(term, behind));
      behind |= term.assertion() || term.least() > 0;
    }
    return cost;
  }

  private static Cost cost(Term term, boolean behind) {
    Cost inside = new Cost(0, term.alternatives().isEmpty() ? 1 : 0);
    for (List<Term> alternative : term.alternatives()) {
      Cost cost = cost(alternative, behind && !term.assertion());
      inside = new Cost(Math.max(inside.degree(), cost.degree()), inside.factor() + cost.factor());
    }
    if (!behind && inside.degree() == 0) {
      inside = new Cost(0, 1);
    }
    if (term.most() > 1 && !term.alternatives().isEmpty() && !isRepeatable(term)) {
      return new Cost(2, 1);
    }
    if (!behind) {
      return inside;
    }
    boolean bounded = term.most() < Term.UNBOUNDED;
    return inside.times(new Cost(bounded ? 0 : 1, bounded ? term.most() - term.least() + 1L : 1));
  }

  /** Whether a group has one way to match, so that repeating it is like repeating a character. */
  private static boolean isRepeatable(Term group) {
    return new Term(group.alternatives(), 0, false, 1, 1).isFixed();
  }

  /** How many terms the expression is when it is compiled. */
  private static long terms(List<List<Term>> alternatives) {
    long terms = 0;
    for (List<Term> alternative : alternatives) {
      for (Term term : alternative) {
        int times = term.most() == Term.UNBOUNDED ? term.least() : term.most();
        terms += Math.max(1, terms(term.alternatives())) * Math.max(1, times);
        terms = Math.min(MANY, terms);
      }
    }
    return terms;
  }

  private static long least(List<Term> terms) {
    long least = 0;
    for (Term term : terms) {
      long once =
          term.assertion()
              ? 0
              : term.alternatives().stream()
                  .mapToLong(RegexShape::least)
                  .min()
                  .orElse(term.width());
      least += once * term.least();
    }
    return least;
  }
}
