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
  private static final int FROZEN_STRICT = 2;
  private static final int FROZEN_LOOSE = 3;
  private static final int FROZEN_SECONDS = 4;
  private static final int FIT_TIME = 5;
  private static final int TUNED_ACCURACY = 6;
  private static final int TUNED_REFERENCE = 7;
  private static final int TUNED_TF_IDF = 8;
  private static final int TUNED_STRICT = 9;
  private static final int TUNED_LOOSE = 10;
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

  private static Step<Fitted> model(double accuracy, double compute, double seconds) {
    return SampleResults.step(SampleResults.fitted(accuracy, compute, seconds, true));
  }

  @Test
  void allHoldOfTheSample() {
    assertFailing(sample -> {});
  }

  @Test
  void accuracyKeepsUpWithTheBestStaticReadOut() {
    assertFailing(sample -> sample.frozen = model(0.8751, 0.12, 5));
    assertFailing(sample -> sample.frozen = model(0.8749, 0.12, 5), FROZEN_ACCURACY);
    assertFailing(sample -> sample.tuned = model(0.8951, 0.05, 2.2));
    assertFailing(sample -> sample.tuned = model(0.8949, 0.05, 2.2), TUNED_ACCURACY);
  }

  @Test
  void ofEqualReadOutsTheCheaperOneIsTheBound() {
    assertFailing(
        sample -> sample.frozen = model(0.88, 0.705, 30),
        FROZEN_COMPUTE,
        FROZEN_STRICT,
        FROZEN_LOOSE);
  }

  @Test
  void computeHasTwoBoundsAndNeedsTheGuarantee() {
    assertFailing(sample -> sample.frozen = model(0.882, 0.2, 8), FROZEN_STRICT);
    assertFailing(
        sample -> sample.tuned = SampleResults.step(SampleResults.fitted(0.92, 0.05, 2.2, false)),
        TUNED_STRICT,
        TUNED_LOOSE);
  }

  @Test
  void secondsFollowTheOperations() {
    // 0.12 of the operations, 48 s at full depth: 7.2 s are 0.8 of the factor.
    assertFailing(sample -> sample.frozen = model(0.882, 0.12, 7.19));
    assertFailing(sample -> sample.frozen = model(0.882, 0.12, 7.21), FROZEN_SECONDS);
  }

  @Test
  void theTunedModelIsAboveTheFrozenReferenceAndTfIdf() {
    assertFailing(
        sample -> {
          sample.tuned = model(0.896, 0.05, 2.2);
          sample.tfIdf = SampleResults.step(new TfIdf(0.88, new WilsonInterval(0.86, 0.896), 1));
        },
        TUNED_TF_IDF);
    assertFailing(
        sample -> sample.tuned = model(0.884, 0.05, 2.2), TUNED_ACCURACY, TUNED_REFERENCE);
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
