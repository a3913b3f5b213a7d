package org.sparkadept.benchmarks.real;

import java.util.Locale;

/**
 * One claim about a model, and whether it holds.
 *
 * @param model frozen or tuned
 * @param claim in words
 * @param outcome whether it holds
 * @param figures what it was judged by
 */
record Check(String model, String claim, Outcome outcome, String figures) {

  /** Whether a claim holds; unknown where what it needs was not measured. */
  enum Outcome {
    PASS,
    FAIL,
    UNKNOWN
  }

  static Check of(String model, String claim, boolean holds, String figures, Object... values) {
    return new Check(
        model,
        claim,
        holds ? Outcome.PASS : Outcome.FAIL,
        String.format(Locale.ROOT, figures, values));
  }

  static Check unknown(String model, String claim, String why) {
    return new Check(model, claim, Outcome.UNKNOWN, why);
  }
}
