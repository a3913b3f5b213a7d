package org.sparkadept.benchmarks.real;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sparkadept.benchmarks.real.Check.Outcome;
import org.sparkadept.benchmarks.step.Step;

/** Every claim can fail alone, at its own bound. */
class ChecksTest {
  private static final int FROZEN_ACCURACY = 0;
  private static final int FROZEN_COMPUTE = 1;
  private static final int FROZEN_ACCURACY_OF_HEAD = 2;
  private static final int FROZEN_COMPUTE_OF_HEAD = 3;
  private static final int FROZEN_SECONDS = 4;
  private static final int FIT_TIME = 5;
  private static final int TUNED_ACCURACY = 6;
  private static final int TUNED_REFERENCE = 7;
  private static final int TUNED_TF_IDF = 8;
  private static final int TUNED_STRICT = 9;
  private static final int TUNED_LOOSE = 10;
  private static final int TUNED_SECONDS = 11;
  private static final int COUNT = 12;

  private static List<Check> checks(Consumer<SampleResults> change) {
    SampleResults sample = new SampleResults();
    change.accept(sample);
    return Checks.of(sample.result());
  }

  private static void assertFailing(Consumer<SampleResults> change, Integer... failing) {
    List<Check> checks = checks(change);
    assertEquals(COUNT, checks.size());
    assertEquals(
        List.of(failing),
        IntStream.range(0, COUNT)
            .filter(i -> checks.get(i).outcome() == Outcome.FAIL)
            .boxed()
            .toList(),
        checks.toString());
  }

  private static Step<Fitted> model(double accuracy, double compute) {
    return SampleResults.step(SampleResults.fitted(accuracy, compute, true));
  }

  private static Step<Fitted> frozen(double accuracy, double compute) {
    return SampleResults.step(SampleResults.frozen(accuracy, compute));
  }

  private static Step<Timing> time(double seconds) {
    return SampleResults.step(new Timing(500, 3, 0.12, 24, seconds));
  }

  @Test
  void allHoldOfTheSample() {
    assertFailing(sample -> {});
  }

  @Test
  void accuracyKeepsUpWithTheBestStaticReadOut() {
    assertFailing(sample -> sample.frozen = frozen(0.8751, 0.12));
    assertFailing(sample -> sample.frozen = frozen(0.8749, 0.12), FROZEN_ACCURACY);
    assertFailing(sample -> sample.tuned = model(0.8951, 0.05));
    assertFailing(sample -> sample.tuned = model(0.8949, 0.05), TUNED_ACCURACY);
  }

  @Test
  void theFittedModelIsHeldAgainstItsOwnHeads() {
    // The heads of this model: 0.90 at 0.5 of the operations.
    assertFailing(sample -> sample.frozen = model(0.896, 0.4));
    assertFailing(sample -> sample.frozen = model(0.894, 0.4), FROZEN_ACCURACY_OF_HEAD);
    assertFailing(sample -> sample.frozen = model(0.896, 0.6), FROZEN_COMPUTE_OF_HEAD);
  }

  @Test
  void ofEqualReadOutsTheCheaperOneIsTheBound() {
    assertFailing(
        sample -> sample.frozen = frozen(0.88, 0.705), FROZEN_COMPUTE, FROZEN_COMPUTE_OF_HEAD);
  }

  @Test
  void computeHasTwoBoundsAndNeedsTheGuarantee() {
    assertFailing(sample -> sample.tuned = model(0.92, 0.2), TUNED_STRICT);
    assertFailing(
        sample -> sample.tuned = SampleResults.step(SampleResults.fitted(0.92, 0.05, false)),
        TUNED_STRICT,
        TUNED_LOOSE);
  }

  @Test
  void secondsFollowTheOperations() {
    // 0.12 of the operations, 24 s at full depth: 3.6 s are 0.8 of the factor.
    assertFailing(sample -> sample.frozenTime = time(3.59));
    assertFailing(sample -> sample.frozenTime = time(3.61), FROZEN_SECONDS);
    assertFailing(sample -> sample.tunedTime = time(3.61), TUNED_SECONDS);
  }

  @Test
  void theTunedModelIsAboveTheFrozenReferenceAndTfIdf() {
    assertFailing(
        sample -> {
          sample.tuned = model(0.896, 0.05);
          sample.tfIdf = SampleResults.step(new TfIdf(0.88, new WilsonInterval(0.86, 0.896), 1));
        },
        TUNED_TF_IDF);
    assertFailing(sample -> sample.tuned = model(0.884, 0.05), TUNED_ACCURACY, TUNED_REFERENCE);
  }

  @Test
  void theTimeOfAFitIsBoundedByPassesOverItsRows() {
    assertFailing(sample -> sample.fit = SampleResults.step(new Made(500, 124, 500)));
    assertFailing(sample -> sample.fit = SampleResults.step(new Made(500, 126, 500)), FIT_TIME);
  }

  @Test
  void whatWasNotMeasuredIsUnknown() {
    List<Check> checks =
        checks(
            sample -> {
              sample.tfIdf = null;
              sample.readOuts = null;
              Step<Made> fit = sample.fit;
              sample.fit = new Step<>(null, fit.commit(), "", 3, true, fit.result());
            });
    assertEquals(
        List.of(FROZEN_ACCURACY, FROZEN_COMPUTE, FIT_TIME, TUNED_TF_IDF),
        IntStream.range(0, COUNT)
            .filter(i -> checks.get(i).outcome() == Outcome.UNKNOWN)
            .boxed()
            .toList());
    assertEquals(6, checks(sample -> sample.tuned = null).size());
    List<Check> tuned = checks(sample -> sample.frozen = null);
    assertEquals(6, tuned.size());
    assertEquals(Outcome.UNKNOWN, tuned.get(1).outcome());
  }
}
