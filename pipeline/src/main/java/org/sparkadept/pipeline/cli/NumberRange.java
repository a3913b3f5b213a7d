package org.sparkadept.pipeline.cli;

import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Numbers that an option takes. A value outside is a wrong command line, as one that is no number
 * is; NaN and infinity are in no range.
 */
class NumberRange<T extends Number> implements ITypeConverter<T> {
  private final String rule;
  private final Function<String, T> parser;
  private final Predicate<T> range;

  /**
   * @param rule what a value is, for messages
   * @param parser throws NumberFormatException
   */
  private NumberRange(String rule, Function<String, T> parser, Predicate<T> range) {
    this.rule = rule;
    this.parser = parser;
    this.range = range;
  }

  /** Thresholds. */
  static NumberRange<Double> threshold() {
    return new NumberRange<>(
        "a number above 0 and up to 1", Double::valueOf, value -> value > 0 && value <= 1);
  }

  static NumberRange<Double> positive() {
    return new NumberRange<>(
        "a number above 0", Double::valueOf, value -> value > 0 && value <= Double.MAX_VALUE);
  }

  static NumberRange<Double> notNegative() {
    return new NumberRange<>(
        "a number of 0 or above",
        Double::valueOf,
        value -> value >= 0 && value <= Double.MAX_VALUE);
  }

  static NumberRange<Long> positiveCount() {
    return new NumberRange<>("a whole number above 0", Long::valueOf, value -> value > 0);
  }

  static NumberRange<Long> notNegativeCount() {
    return new NumberRange<>("a whole number of 0 or above", Long::valueOf, value -> value >= 0);
  }

  /** Counts. */
  static final class Count extends NumberRange<Integer> {
    Count() {
      super("a whole number above 0", Integer::valueOf, value -> value > 0);
    }
  }

  /** Shares, probabilities and rates that are neither none nor all. */
  static final class Share extends NumberRange<Double> {
    Share() {
      super("a number above 0 and below 1", Double::valueOf, value -> value > 0 && value < 1);
    }
  }

  /** Partitions to make; each is a task that the driver keeps in memory. */
  static final class Partitions extends NumberRange<Integer> {
    private static final int MAX = 1_000_000;

    Partitions() {
      super(
          "a whole number from 0 to " + MAX, Integer::valueOf, value -> value >= 0 && value <= MAX);
    }
  }

  @Override
  public T convert(String text) {
    try {
      T value = parser.apply(text);
      if (range.test(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw wrong(text);
    }
    throw wrong(text);
  }

  private TypeConversionException wrong(String text) {
    return new TypeConversionException("'" + text + "' is not " + rule);
  }
}
