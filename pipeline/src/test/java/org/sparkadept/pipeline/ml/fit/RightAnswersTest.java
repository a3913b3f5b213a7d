package org.sparkadept.pipeline.ml.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RightAnswersTest {
  /** Adds rows that some exits answer rightly. */
  private static void add(RightAnswers answers, int rows, boolean... right) {
    for (int row = 0; row < rows; row++) {
      answers.add(right);
    }
  }

  @Test
  void accuraciesAreSharesOfAllRows() {
    RightAnswers answers = new RightAnswers(2);
    assertEquals(0, answers.accuracy(1));
    add(answers, 3, true, false);
    RightAnswers more = new RightAnswers(2);
    add(more, 1, true, true);
    answers.add(more);
    assertEquals(1, answers.accuracy(0));
    assertEquals(0.25, answers.accuracy(1));
  }

  /** The second exit has 15 rows more than the first alone, and 5 fewer: 10 ± sqrt(20). */
  @Test
  void theShallowestWithinOneStandardErrorOfTheBestIsTaken() {
    RightAnswers far = new RightAnswers(2);
    add(far, 800, true, true);
    add(far, 15, false, true);
    add(far, 5, true, false);
    add(far, 180, false, false);
    assertEquals(1, far.shallowestOfTheBest());
    // The same accuracies, but the exits are right on other rows: 10 ± sqrt(150).
    RightAnswers near = new RightAnswers(2);
    add(near, 735, true, true);
    add(near, 80, false, true);
    add(near, 70, true, false);
    add(near, 115, false, false);
    assertEquals(0, near.shallowestOfTheBest());
  }

  /** One wrong answer of two hundred is no evidence, though the best has none. */
  @Test
  void aPerfectExitHasAnErrorToo() {
    RightAnswers answers = new RightAnswers(3);
    add(answers, 180, true, true, true);
    add(answers, 19, false, true, true);
    add(answers, 1, false, false, true);
    assertEquals(1, answers.shallowestOfTheBest());
  }
}
