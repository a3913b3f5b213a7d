package org.sparkadept.pipeline.report.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NumbersTest {
  @Test
  void countsHaveSeparators() {
    assertEquals("1,234,567", Numbers.count(1_234_567));
    assertEquals("-1,000", Numbers.count(-1000));
  }

  @Test
  void sharesCloseToNoneAndAllHaveMoreDecimals() {
    assertEquals("93.8\u00A0%", Numbers.percent(0.93751));
    assertEquals("99.71\u00A0%", Numbers.percent(0.99708));
    assertEquals("0.042\u00A0%", Numbers.percent(0.00042));
    assertEquals("100.0\u00A0%", Numbers.percent(1));
    assertEquals("0.0\u00A0%", Numbers.percent(0));
    assertEquals("–", Numbers.percent(Double.NaN));
  }

  @Test
  void timesHaveTheUnitThatSuits() {
    assertEquals("0.0312\u00A0s", Numbers.seconds(0.03123));
    assertEquals("0\u00A0s", Numbers.seconds(0));
    assertEquals("61.5\u00A0s", Numbers.seconds(61.49));
    assertEquals("12\u00A0min", Numbers.seconds(731));
    assertEquals("2\u00A0h\u00A003\u00A0min", Numbers.seconds(7384));
  }

  @Test
  void decimalsAreShortAndNeverRoundedToNothing() {
    assertEquals("0.8125", Numbers.decimal(0.8125));
    assertEquals("1", Numbers.decimal(1));
    assertEquals("12.35", Numbers.decimal(12.345678));
    assertEquals("3.12e-05", Numbers.decimal(0.0000312));
    assertEquals("–", Numbers.decimal(Double.POSITIVE_INFINITY));
  }

  @Test
  void ticksHaveNoTrailingZeros() {
    assertEquals("97.5\u00A0%", Numbers.percentTick(0.975));
    assertEquals("20\u00A0%", Numbers.percentTick(0.2));
    assertEquals("10,000", Numbers.tick(10_000));
    assertEquals("0.25", Numbers.tick(0.25));
  }
}
