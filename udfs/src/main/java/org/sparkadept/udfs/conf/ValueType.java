package org.sparkadept.udfs.conf;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.spark.network.util.JavaUtils;
import org.sparkadept.decoder.error.AdeptException;

/**
 * How values of one type are written.
 *
 * @param rule what a value must be, for messages
 * @param parser text to value; throws IllegalArgumentException if the text is malformed
 * @param range whether a value is allowed
 * @param formatter value to text, as a user writes it
 */
record ValueType<T>(
    String rule, Function<String, T> parser, Predicate<T> range, Function<T, String> formatter) {

  /** Any text. */
  static final ValueType<String> TEXT =
      new ValueType<>("text", text -> text, value -> true, text -> text);

  /** {@code true} or {@code false}. */
  static final ValueType<Boolean> FLAG =
      new ValueType<>("true or false", ValueType::flag, value -> true, Object::toString);

  /** A number above 0 and up to 1, or nothing, which is NaN. */
  static final ValueType<Float> SHARE_OR_NONE =
      numberOrNone("a number above 0 and up to 1, or empty", value -> value > 0 && value <= 1);

  /** A number from 0 to 1, or nothing, which is NaN. */
  static final ValueType<Float> SCORE_OR_NONE =
      numberOrNone("a number from 0 to 1, or empty", value -> value >= 0 && value <= 1);

  private static ValueType<Float> numberOrNone(String rule, Predicate<Float> range) {
    return new ValueType<>(
        rule,
        text -> text.isEmpty() ? Float.NaN : number(text),
        value -> Float.isNaN(value) || range.test(value),
        value -> Float.isNaN(value) ? "" : value.toString());
  }

  private static float number(String text) {
    float number = Float.parseFloat(text);
    if (Float.isNaN(number)) {
      throw new NumberFormatException();
    }
    return number;
  }

  /** A whole number that is not below a minimum. */
  static ValueType<Integer> atLeast(int minimum) {
    return new ValueType<>(
        "a whole number, " + minimum + " or above",
        Integer::parseInt,
        value -> value >= minimum,
        Object::toString);
  }

  /** A size in bytes above 0, with or without a unit; at most a maximum. */
  static ValueType<Long> bytesUpTo(long maximum) {
    return new ValueType<>(
        "a size above 0 such as 8m" + (maximum < Long.MAX_VALUE ? ", up to " + size(maximum) : ""),
        JavaUtils::byteStringAsBytes,
        bytes -> bytes > 0 && bytes <= maximum,
        ValueType::size);
  }

  /** A constant of an enum, in any case. */
  static <E extends Enum<E>> ValueType<E> oneOf(Class<E> type) {
    return new ValueType<>(
        anyOf(Arrays.stream(type.getEnumConstants()).map(ValueType::name).toList()),
        text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT)),
        value -> true,
        ValueType::name);
  }

  /** One of several names, exactly. */
  static ValueType<String> oneOf(List<String> names) {
    return new ValueType<>(anyOf(names), text -> text, names::contains, text -> text);
  }

  private static String anyOf(List<String> names) {
    int last = names.size() - 1;
    return String.join(", ", names.subList(0, last)) + " or " + names.get(last);
  }

  /**
   * @param origin the option that the text was given by, for the message
   * @throws AdeptException if the text is malformed or its value not allowed
   */
  T parse(String text, String origin) {
    try {
      T value = parser.apply(text);
      if (range.test(value)) {
        return value;
      }
    } catch (IllegalArgumentException e) {
      throw wrong(text, origin, e);
    }
    throw wrong(text, origin, null);
  }

  private AdeptException wrong(String text, String origin, Exception cause) {
    return new AdeptException(origin + " must be " + rule + ", but is '" + text + "'.", cause);
  }

  private static boolean flag(String text) {
    if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
      throw new IllegalArgumentException(text);
    }
    return Boolean.parseBoolean(text);
  }

  private static String size(long bytes) {
    long mebi = 1L << 20;
    return bytes % mebi == 0 ? bytes / mebi + "m" : Long.toString(bytes);
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
