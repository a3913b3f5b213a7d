package org.sparkadept.decoder.tokenizer.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkadept.decoder.tokenizer.check.RegexShape.Term;

/** Reads the regular expressions that tokenizers use, in the syntax of Oniguruma. */
final class RegexParser {
  /** Escapes that stand for one character of a kind. */
  private static final String CLASSES = "sSdDwWhHrntfvae";

  private static final String ASSERTIONS = "bBAzZ";
  private static final int LARGEST_BOUND = 1000;
  private static final int DEEPEST = 32;

  private final String regex;
  private int at;
  private int depth;

  private RegexParser(String regex) {
    this.regex = regex;
  }

  /**
   * @return the alternatives, each a row of terms; empty where the expression has what is not
   *     understood here, such as references to what has matched before
   */
  static Optional<List<List<Term>>> parse(String regex) {
    RegexParser parser = new RegexParser(regex);
    try {
      List<List<Term>> alternatives = parser.alternatives();
      return parser.at == regex.length() ? Optional.of(alternatives) : Optional.empty();
    } catch (NotUnderstood e) {
      return Optional.empty();
    }
  }

  private List<List<Term>> alternatives() {
    if (++depth > DEEPEST) {
      throw new NotUnderstood();
    }
    List<List<Term>> alternatives = new ArrayList<>();
    List<Term> terms = new ArrayList<>();
    while (at < regex.length() && regex.charAt(at) != ')') {
      if (regex.charAt(at) == '|') {
        at++;
        alternatives.add(terms);
        terms = new ArrayList<>();
      } else {
        terms.add(repeated(atom()));
      }
    }
    alternatives.add(terms);
    depth--;
    return alternatives;
  }

  private Term atom() {
    char c = next();
    switch (c) {
      case '[':
        skipClass();
        return character();
      case '(':
        return group();
      case '\\':
        return escape();
      case '^', '$':
        return assertion(List.of());
      case '*', '+', '?', '{':
        throw new NotUnderstood();
      default:
        if (Character.isHighSurrogate(c)) {
          next();
        }
        return character();
    }
  }

  private Term group() {
    boolean looks = false;
    if (peek() == '?') {
      at++;
      char kind = next();
      if (kind == '=' || kind == '!') {
        looks = true;
      } else if (kind != ':' && kind != '>') {
        while (kind == 'i' || kind == 'm' || kind == '-') {
          kind = next();
        }
        if (kind != ':') {
          throw new NotUnderstood();
        }
      }
    }
    List<List<Term>> alternatives = alternatives();
    if (next() != ')') {
      throw new NotUnderstood();
    }
    return looks ? assertion(alternatives) : new Term(alternatives, 0, false, 1, 1);
  }

  private Term escape() {
    char c = next();
    if (c == 'p' || c == 'P' || c == 'x' && peek() == '{') {
      if (next() != '{') {
        throw new NotUnderstood();
      }
      while (next() != '}') {
        // the name of a property, or a number
      }
      return character();
    }
    if (c == 'u' || c == 'x') {
      for (int digits = c == 'u' ? 4 : 2; digits > 0; digits--) {
        if (Character.digit(next(), 16) < 0) {
          throw new NotUnderstood();
        }
      }
      return character();
    }
    if (ASSERTIONS.indexOf(c) >= 0) {
      return assertion(List.of());
    }
    if (CLASSES.indexOf(c) < 0 && (Character.isLetterOrDigit(c) || Character.isSurrogate(c))) {
      throw new NotUnderstood();
    }
    return character();
  }

  /** Goes behind the end of a class of characters, which may have others in it. */
  private void skipClass() {
    int open = 1;
    while (open > 0) {
      switch (next()) {
        case '\\' -> next();
        case '[' -> open++;
        case ']' -> open--;
        case '^' -> {
          if (peek() == ']') {
            throw new NotUnderstood();
          }
        }
        default -> {}
      }
    }
    if (regex.startsWith("[]", at - 2)) {
      throw new NotUnderstood();
    }
  }

  /** The same with the repetition that follows. */
  private Term repeated(Term term) {
    if (at == regex.length()) {
      return term;
    }
    int least;
    int most;
    switch (regex.charAt(at)) {
      case '*' -> {
        least = 0;
        most = Term.UNBOUNDED;
      }
      case '+' -> {
        least = 1;
        most = Term.UNBOUNDED;
      }
      case '?' -> {
        least = 0;
        most = 1;
      }
      case '{' -> {
        return bounded(term);
      }
      default -> {
        return term;
      }
    }
    at++;
    if (at < regex.length() && (regex.charAt(at) == '?' || regex.charAt(at) == '+')) {
      at++; // as few as possible, or none given back: no more steps than without
    }
    return times(term, least, most);
  }

  /** {@code {n}}, <code>{n,}</code>, <code>{,m}</code> or {@code {n,m}}. */
  private Term bounded(Term term) {
    int end = regex.indexOf('}', at);
    if (end < 0) {
      throw new NotUnderstood();
    }
    String[] bounds = regex.substring(at + 1, end).split(",", -1);
    at = end + 1;
    int least = bounds[0].isEmpty() && bounds.length == 2 ? 0 : bound(bounds[0]);
    if (bounds.length == 1) {
      return times(term, least, least);
    }
    if (bounds.length > 2 || bounds[0].isEmpty() && bounds[1].isEmpty()) {
      throw new NotUnderstood();
    }
    return times(term, least, bounds[1].isEmpty() ? Term.UNBOUNDED : bound(bounds[1]));
  }

  private static int bound(String digits) {
    if (!digits.matches("[0-9]{1,4}") || Integer.parseInt(digits) > LARGEST_BOUND) {
      throw new NotUnderstood();
    }
    return Integer.parseInt(digits);
  }

  /** A repetition of a repetition is not understood. */
  private Term times(Term term, int least, int most) {
    if (at < regex.length() && "*+?{".indexOf(regex.charAt(at)) >= 0 || least > most) {
      throw new NotUnderstood();
    }
    return new Term(term.alternatives(), term.width(), term.assertion(), least, most);
  }

  private static Term character() {
    return new Term(List.of(), 1, false, 1, 1);
  }

  private static Term assertion(List<List<Term>> alternatives) {
    return new Term(alternatives, 0, true, 1, 1);
  }

  private char next() {
    if (at == regex.length()) {
      throw new NotUnderstood();
    }
    return regex.charAt(at++);
  }

  private char peek() {
    if (at == regex.length()) {
      throw new NotUnderstood();
    }
    return regex.charAt(at);
  }

  /** The expression has what this class does not know. */
  private static final class NotUnderstood extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotUnderstood() {
      super(null, null, false, false);
    }
  }
}
