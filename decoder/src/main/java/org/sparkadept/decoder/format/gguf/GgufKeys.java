package org.sparkadept.decoder.format.gguf;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkadept.decoder.error.CheckpointException;

/**
 * The key-values of a file's header. Every complaint names file and key.
 *
 * @param file where they stand
 * @param values a Long, Double, Boolean, String or {@link GgufArray} by key
 */
record GgufKeys(Path file, Map<String, Object> values) {

  GgufKeys {
    values = Collections.unmodifiableMap(values);
  }

  Set<String> names() {
    return values.keySet();
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /**
   * A whole number.
   *
   * @throws CheckpointException if it is absent, something else, or not from 1 to what an int holds
   */
  int positive(String key) {
    Object value = required(key);
    if (!(value instanceof Long number) || number < 1 || number > Integer.MAX_VALUE) {
      throw wrong(key, "must be a whole number from 1 to 2147483647, but is " + shown(value));
    }
    return number.intValue();
  }

  /** The same, or {@code otherwise} where the key is absent. */
  int positive(String key, int otherwise) {
    return has(key) ? positive(key) : otherwise;
  }

  /**
   * A token's id.
   *
   * @param count number of tokens
   * @throws CheckpointException if it is absent, or none of that many
   */
  int token(String key, int count) {
    Object value = required(key);
    if (!(value instanceof Long number) || number < 0 || number >= count) {
      throw wrong(key, "must be the id of one of " + count + " tokens, but is " + shown(value));
    }
    return number.intValue();
  }

  /**
   * A number.
   *
   * @throws CheckpointException if it is absent or something else
   */
  double number(String key) {
    Object value = required(key);
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw wrong(key, "must be a number, but is " + shown(value));
  }

  /** A truth value, or {@code otherwise} where the key is absent. */
  boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (values.get(key) instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, "must be true or false, but is " + shown(values.get(key)));
  }

  /**
   * A string.
   *
   * @throws CheckpointException if it is absent or something else
   */
  String text(String key) {
    if (required(key) instanceof String text) {
      return text;
    }
    throw wrong(key, "must be a string, but is " + shown(values.get(key)));
  }

  /**
   * An array of strings.
   *
   * @throws CheckpointException if it is absent or something else
   */
  List<String> texts(String key) {
    if (required(key) instanceof GgufArray array && array.isText()) {
      return array.texts();
    }
    throw wrong(key, "must be an array of strings, but is " + shown(values.get(key)));
  }

  /**
   * An array of whole numbers.
   *
   * @throws CheckpointException if it is absent or something else
   */
  int[] integers(String key) {
    if (required(key) instanceof GgufArray array && array.isInteger()) {
      return array.integers();
    }
    throw wrong(key, "must be an array of whole numbers, but is " + shown(values.get(key)));
  }

  /**
   * An array of numbers in F32.
   *
   * @throws CheckpointException if it is absent or something else
   */
  float[] numbers(String key) {
    if (required(key) instanceof GgufArray array && array.type() == ValueType.F32) {
      return array.numbers();
    }
    throw wrong(key, "must be an array of F32 numbers, but is " + shown(values.get(key)));
  }

  /**
   * How many strings an array has.
   *
   * @throws CheckpointException if it is absent or something else
   */
  int textCount(String key) {
    if (required(key) instanceof GgufArray array && array.isText()) {
      return array.count();
    }
    throw wrong(key, "must be an array of strings, but is " + shown(values.get(key)));
  }

  /** What a key has, for a message. */
  String shown(String key) {
    return shown(values.get(key));
  }

  /**
   * A complaint about a key's value.
   *
   * @param problem the rest of the sentence, without a full stop
   */
  CheckpointException wrong(String key, String problem) {
    return new CheckpointException(file + ": " + key + " " + problem + ".");
  }

  private Object required(String key) {
    if (!has(key)) {
      throw wrong(key, "is missing; download or convert the file again");
    }
    return values.get(key);
  }

  private static String shown(Object value) {
    if (value instanceof GgufArray array) {
      return String.format("an array of %d values of type %s", array.count(), array.type());
    }
    return value instanceof String text ? CheckpointException.quote(text) : String.valueOf(value);
  }
}
