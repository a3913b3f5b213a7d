package org.sparkadept.decoder.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.error.RegularFile;

/**
 * A JSON object of a file that says file and key in every complaint. A key whose value is null
 * counts as absent, as in Python's configurations; {@link #mentions} tells the two apart.
 */
public final class JsonObject {
  private static final long MAX_BYTES = 32L << 20;
  private static final ObjectReader READER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private final Path file;
  private final String prefix;
  private final JsonNode node;

  private JsonObject(Path file, String prefix, JsonNode node) {
    this.file = file;
    this.prefix = prefix;
    this.node = node;
  }

  /**
   * @param file a JSON file of at most 32 MiB
   * @throws CheckpointException if it is missing, too large, not JSON or not an object
   */
  public static JsonObject read(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new CheckpointException(file + " is a folder, not a JSON file; check the path.");
      }
      RegularFile.require(file, MAX_BYTES);
      JsonNode node = READER.readTree(Files.readAllBytes(file));
      if (node == null || !node.isObject()) {
        throw new CheckpointException(
            file + " is not a JSON object; restore the file that came with the model.");
      }
      return new JsonObject(file, "", node);
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          String.format(
              "%s is not valid JSON (line %d: %s); correct it or restore the file that"
                  + " came with the model.",
              file,
              e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
              e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw CheckpointException.unreadable(file, e);
    }
  }

  /**
   * An object that was made of what a file says in another format.
   *
   * @param file that file, for messages
   * @param object the object; not copied
   */
  public static JsonObject of(Path file, ObjectNode object) {
    return new JsonObject(file, "", object);
  }

  /** The file that the object was read from. */
  public Path file() {
    return file;
  }

  /** The object as JSON. */
  public String toJson() {
    return node.toString();
  }

  /** A copy that can be changed. */
  public ObjectNode copy() {
    return node.deepCopy();
  }

  /** Whether the key has a value other than null. */
  public boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** The keys, in the order of the file. */
  public Set<String> keys() {
    Set<String> keys = new LinkedHashSet<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  /** Whether the key has a string. */
  public boolean isText(String key) {
    return has(key) && node.get(key).isTextual();
  }

  /** Whether the key has a whole number. */
  public boolean isWhole(String key) {
    return has(key) && node.get(key).isIntegralNumber();
  }

  /** Whether the key is absent, or its value null, false, or an empty object, array or string. */
  public boolean isOff(String key) {
    if (!has(key)) {
      return true;
    }
    JsonNode value = node.get(key);
    return value.isTextual()
        ? value.textValue().isEmpty()
        : value.isContainerNode() ? value.isEmpty() : value.isBoolean() && !value.booleanValue();
  }

  /** Whether the key is written at all, be it with null. */
  public boolean mentions(String key) {
    return node.has(key);
  }

  /** Whether the key's value is an array. */
  public boolean isArray(String key) {
    return node.path(key).isArray();
  }

  /**
   * A whole number in [{@code least}, {@code most}].
   *
   * @throws CheckpointException if it is absent, no whole number or out of range
   */
  public int whole(String key, int least, int most) {
    JsonNode value = required(key);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < least
        || value.intValue() > most) {
      throw wrong(
          key,
          String.format(
              "must be a whole number from %d to %d, but is %s", least, most, shown(value)));
    }
    return value.intValue();
  }

  /** A whole number in [1, {@code most}]; see {@link #whole}. */
  public int positive(String key, int most) {
    return whole(key, 1, most);
  }

  /** As {@link #positive(String, int)}, or {@code otherwise} when the key is absent. */
  public int positive(String key, int most, int otherwise) {
    return has(key) ? positive(key, most) : otherwise;
  }

  /**
   * A finite number.
   *
   * @throws CheckpointException if it is absent or no finite number
   */
  public double number(String key) {
    JsonNode value = required(key);
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw wrong(key, "must be a number, but is " + shown(value));
    }
    return value.doubleValue();
  }

  /**
   * A whole number of any size that a {@code long} holds.
   *
   * @throws CheckpointException if it is absent or no such number
   */
  public long longNumber(String key) {
    JsonNode value = required(key);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrong(key, "must be a whole number, but is " + shown(value));
    }
    return value.longValue();
  }

  /**
   * True or false, or {@code otherwise} when the key is absent.
   *
   * @throws CheckpointException if it is something else
   */
  public boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = node.get(key);
    if (!value.isBoolean()) {
      throw wrong(key, "must be true or false, but is " + shown(value));
    }
    return value.booleanValue();
  }

  /**
   * A string.
   *
   * @throws CheckpointException if it is absent or no string
   */
  public String text(String key) {
    JsonNode value = required(key);
    if (!value.isTextual()) {
      throw wrong(key, "must be a string, but is " + shown(value));
    }
    return value.textValue();
  }

  /**
   * An array of strings.
   *
   * @throws CheckpointException if it is absent or something else
   */
  public List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : array(key)) {
      if (!element.isTextual()) {
        throw wrong(key, "must hold strings only, but holds " + shown(element));
      }
      texts.add(element.textValue());
    }
    return texts;
  }

  /**
   * An array of whole numbers.
   *
   * @throws CheckpointException if it is absent or something else
   */
  public int[] integers(String key) {
    JsonNode array = array(key);
    int[] integers = new int[array.size()];
    for (int i = 0; i < integers.length; i++) {
      JsonNode element = array.get(i);
      if (!element.isIntegralNumber() || !element.canConvertToInt()) {
        throw wrong(key, "must hold whole numbers only, but holds " + shown(element));
      }
      integers[i] = element.intValue();
    }
    return integers;
  }

  /**
   * An object within this one.
   *
   * @throws CheckpointException if it is absent or no object
   */
  public JsonObject object(String key) {
    JsonNode value = required(key);
    if (!value.isObject()) {
      throw wrong(key, "must be a JSON object, but is " + shown(value));
    }
    return new JsonObject(file, prefix + key + ".", value);
  }

  /**
   * An object whose values are all strings, in the order of the file.
   *
   * @throws CheckpointException if it is absent or something else
   */
  public Map<String, String> textMap(String key) {
    JsonObject object = object(key);
    Map<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : object.node.properties()) {
      map.put(property.getKey(), object.text(property.getKey()));
    }
    return map;
  }

  /**
   * An object whose values are all whole numbers, in the order of the file.
   *
   * @throws CheckpointException if it is absent or something else
   */
  public Map<String, Integer> wholeMap(String key) {
    JsonObject object = object(key);
    Map<String, Integer> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> property : object.node.properties()) {
      map.put(
          property.getKey(), object.whole(property.getKey(), Integer.MIN_VALUE, Integer.MAX_VALUE));
    }
    return map;
  }

  /**
   * An array of finite numbers.
   *
   * @throws CheckpointException if it is absent or something else
   */
  public List<Double> numbers(String key) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode element : array(key)) {
      if (!element.isNumber() || !Double.isFinite(element.doubleValue())) {
        throw wrong(key, "must hold numbers only, but holds " + shown(element));
      }
      numbers.add(element.doubleValue());
    }
    return numbers;
  }

  /**
   * A complaint about a key's value.
   *
   * @param key the key in this object
   * @param problem the rest of the sentence, without a full stop
   */
  public CheckpointException wrong(String key, String problem) {
    return new CheckpointException(file + ": \"" + prefix + key + "\" " + problem + ".");
  }

  /**
   * A complaint about a value that is none of those that are supported.
   *
   * @param key the key in this object
   * @param value what the file has
   * @param supported what it may have
   */
  public CheckpointException unsupported(String key, String value, String... supported) {
    return wrong(
        key,
        String.format(
            "is %s, which is not supported; supported are %s",
            CheckpointException.quote(value), String.join(", ", supported)));
  }

  private JsonNode array(String key) {
    JsonNode value = required(key);
    if (!value.isArray()) {
      throw wrong(key, "must be an array, but is " + shown(value));
    }
    return value;
  }

  private JsonNode required(String key) {
    if (!has(key)) {
      throw wrong(key, "is missing; restore the file that came with the model, or add the key");
    }
    return node.get(key);
  }

  private static String shown(JsonNode value) {
    if (value.isObject() || value.isArray()) {
      return value.isObject() ? "an object" : "an array";
    }
    return value.isTextual() ? CheckpointException.quote(value.textValue()) : value.toString();
  }
}
