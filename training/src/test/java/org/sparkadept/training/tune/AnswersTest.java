package org.sparkadept.training.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.result.LabelSet;

class AnswersTest {
  private static final float[] LOGITS = {9, -1, 2, -3, 1, 0.5f};

  @Test
  void theLargestLogitIsTheAnswerOfARowWithOneLabel() {
    Answers answers = new Answers(false);
    assertEquals(0, answers.accuracy());
    answers.add(LOGITS, 3, 3, LabelSet.of(1));
    answers.add(LOGITS, 0, 3, LabelSet.of(2));
    assertEquals(0.5, answers.accuracy());
  }

  /** Of labels {0, 2} one is had, of {1, 2} both; one is not found: 2·3 / (4 + 4). */
  @Test
  void f1IsThatOfAllLabelsOfAllRows() {
    Answers answers = new Answers(true);
    assertEquals(0, answers.accuracy());
    answers.add(LOGITS, 0, 3, LabelSet.of(0, 1));
    answers.add(LOGITS, 3, 3, LabelSet.of(1, 2));
    assertEquals(0.75, answers.accuracy());
    answers.add(new float[] {-1}, 0, 1, LabelSet.NONE);
    assertEquals(0.75, answers.accuracy());
  }
}
