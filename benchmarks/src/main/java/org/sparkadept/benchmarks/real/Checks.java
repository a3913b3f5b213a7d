package org.sparkadept.benchmarks.real;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkadept.benchmarks.real.StaticReadOuts.ReadOut;

/** What is aimed at on every data set. */
final class Checks {
  static final double ACCURACY_MARGIN = 0.005;
  static final double STRICT_COMPUTE = 0.15;
  static final double LOOSE_COMPUTE = 0.33;
  static final double TIME_OF_COMPUTE = 0.8;
  static final double MOST_PASSES = 2.5;
  private static final String FROZEN = "frozen";
  private static final String TUNED = "tuned";
  private static final String RIDGE = "ridge";
  private static final String EXIT = "exit";
  private static final String NOT_MEASURED = "not measured";
  private static final String AGAINST = "%.2f %% against %.2f %%";

  private final DataSetResult result;
  private final List<Check> checks = new ArrayList<>();

  private Checks(DataSetResult result) {
    this.result = result;
  }

  /** All that can be said of a data set. */
  static List<Check> of(DataSetResult result) {
    Checks checks = new Checks(result);
    if (result.frozen() != null) {
      checks.frozen(result.frozen().result(), result.frozenTime().result());
    }
    if (result.tuned() != null) {
      checks.tuned(result.tuned().result(), result.tunedTime().result());
    }
    return checks.checks;
  }

  private void frozen(Fitted model, Timing time) {
    if (result.readOuts() == null) {
      add(Check.unknown(FROZEN, readOutClaim(RIDGE), NOT_MEASURED));
      add(Check.unknown(FROZEN, computeClaim(RIDGE), NOT_MEASURED));
    } else {
      keepsUpForLess(RIDGE, model, result.readOuts().result().best());
    }
    keepsUpForLess(EXIT, model, model.bestExit());
    follows(FROZEN, time);
    fitTime();
  }

  private void keepsUpForLess(String kind, Fitted model, ReadOut best) {
    keepsUp(FROZEN, kind, model, best);
    boolean holds = model.compute() <= best.compute();
    double compute = percent(model.compute());
    add(Check.of(FROZEN, computeClaim(kind), holds, AGAINST, compute, percent(best.compute())));
  }

  private void tuned(Fitted model, Timing time) {
    keepsUp(TUNED, EXIT, model, model.bestExit());
    String reference = "accuracy at least that of the frozen reference";
    if (result.frozen() == null) {
      add(Check.unknown(TUNED, reference, NOT_MEASURED));
    } else {
      double frozen = result.frozen().result().referenceAccuracy();
      atLeast(reference, model.accuracy(), frozen);
    }
    String tfIdf = "accuracy above the interval of TF-IDF";
    if (result.tfIdf() == null) {
      add(Check.unknown(TUNED, tfIdf, NOT_MEASURED));
    } else {
      double high = result.tfIdf().result().interval().high();
      boolean holds = model.accuracy() > high;
      add(Check.of(TUNED, tfIdf, holds, AGAINST, percent(model.accuracy()), percent(high)));
    }
    cheap(model);
    follows(TUNED, time);
  }

  private static String readOutClaim(String kind) {
    return String.format(
        Locale.ROOT,
        "accuracy at least that of the best static read-out (%s) − %.1f points",
        kind,
        percent(ACCURACY_MARGIN));
  }

  private static String computeClaim(String kind) {
    return "compute at most that of the best static read-out (" + kind + ")";
  }

  private void keepsUp(String model, String kind, Fitted fitted, ReadOut best) {
    boolean holds = fitted.accuracy() >= best.accuracy() - ACCURACY_MARGIN;
    double accuracy = percent(fitted.accuracy());
    add(Check.of(model, readOutClaim(kind), holds, AGAINST, accuracy, percent(best.accuracy())));
  }

  private void atLeast(String claim, double accuracy, double other) {
    add(Check.of(TUNED, claim, accuracy >= other, AGAINST, percent(accuracy), percent(other)));
  }

  private void cheap(Fitted model) {
    for (double most : new double[] {STRICT_COMPUTE, LOOSE_COMPUTE}) {
      String claim =
          String.format(
              Locale.ROOT,
              "at most %.0f %% of the checkpoint's FLOPs at a certified disagreement of %s %%",
              percent(most),
              Math.round(1e4 * result.maxDisagreement()) / 1e2);
      boolean holds = model.certified() && model.compute() <= most;
      String certified = model.certified() ? "certified" : "not certified";
      add(Check.of(TUNED, claim, holds, "%.2f %%, " + certified, percent(model.compute())));
    }
  }

  private void follows(String kind, Timing time) {
    double share = time.compute() / time.share();
    String claim = "seconds fall by at least 0.8 of the factor by which FLOPs fall";
    add(
        Check.of(
            kind,
            claim,
            share >= TIME_OF_COMPUTE,
            "FLOPs %.2f times fewer, seconds %.2f times, %.2f of it",
            1 / time.compute(),
            1 / time.share(),
            share));
  }

  private void fitTime() {
    String claim = "fit in at most 2.5 times the time of a full-depth pass over its rows";
    double seconds = result.fit().result().fitSeconds();
    if (result.fit().interrupted()) {
      add(Check.unknown(FROZEN, claim, "the fit was interrupted and went on"));
    } else if (Double.isNaN(seconds)) {
      add(Check.unknown(FROZEN, claim, NOT_MEASURED));
    } else {
      double passes = result.passes(seconds);
      add(
          Check.of(
              FROZEN,
              claim,
              passes <= MOST_PASSES,
              "%.0f s, %.2f times %.0f s",
              seconds,
              passes,
              result.fullDepth().result().train().seconds()));
    }
  }

  private void add(Check check) {
    checks.add(check);
  }

  private static double percent(double share) {
    return 100 * share;
  }
}
