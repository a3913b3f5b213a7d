package org.sparkadept.decoder.format.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.tensor.DType;

/**
 * The JSON header of a safetensors file: {@code {"name": {"dtype": "F32", "shape": [2, 3],
 * "data_offsets": [0, 24]}, …, "__metadata__": {…}}}. Offsets count from the end of the header; the
 * tensors fill the rest of the file without gaps. Parsed token by token, since a hostile header may
 * be large.
 */
final class SafetensorsHeader {
  /** Names are used once: no table of them, which a hostile header could fill. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private static final int MAX_TENSORS = 1 << 18;
  private static final int MAX_DIMENSIONS = 16;
  private static final String DAMAGED = "the file is damaged; download or write it again.";

  private final Path file;
  private final JsonParser parser;
  private final Map<String, TensorEntry> entries = new LinkedHashMap<>();

  private SafetensorsHeader(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /**
   * @param file the file, for messages
   * @param json the header
   * @param dataBytes bytes that follow the header
   * @return tensors by name
   * @throws CheckpointException if the header is malformed or does not fit the file
   */
  static Map<String, TensorEntry> parse(Path file, byte[] json, long dataBytes) {
    // Unlike Jackson's own, a new decoder refuses what is not UTF-8 instead of replacing it.
    Reader text =
        new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder());
    try (JsonParser parser = JSON.createParser(text)) {
      SafetensorsHeader header = new SafetensorsHeader(file, parser);
      header.readTensors();
      header.checkLayout(json.length + Long.BYTES, dataBytes);
      return header.entries;
    } catch (JsonProcessingException e) {
      throw new CheckpointException(
          file + ": the header is not valid JSON (" + e.getOriginalMessage() + "); " + DAMAGED, e);
    } catch (IOException e) {
      throw new CheckpointException(
          file + ": the header is not valid UTF-8 text (" + e.getMessage() + "); " + DAMAGED, e);
    }
  }

  private void readTensors() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw wrong("the header is not a JSON object");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      if (name.equals("__metadata__")) {
        parser.skipChildren();
      } else if (entries.putIfAbsent(name, readTensor(name)) != null) {
        throw wrong(name, "is described twice");
      } else if (entries.size() > MAX_TENSORS) {
        throw wrong("the header describes more than " + MAX_TENSORS + " tensors");
      }
    }
    if (parser.nextToken() != null) {
      throw wrong("the header goes on after its JSON object");
    }
  }

  private TensorEntry readTensor(String name) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong(name, "is not described by a JSON object");
    }
    String dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "dtype" -> dtype = once(name, key, dtype, readText(name));
        case "shape" -> shape = once(name, key, shape, readNumbers(name, key));
        case "data_offsets" -> offsets = once(name, key, offsets, readNumbers(name, key));
        default -> parser.skipChildren();
      }
    }
    if (dtype == null || shape == null || offsets == null || offsets.length != 2) {
      throw wrong(name, "needs a dtype, a shape and two data_offsets");
    }
    return checked(name, dtype, shape, offsets[0], offsets[1]);
  }

  private <T> T once(String name, String key, T before, T value) {
    if (before != null) {
      throw wrong(name, "has two " + key + " entries");
    }
    return value;
  }

  private String readText(String name) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong(name, "has a dtype that is not a string");
    }
    return parser.getText();
  }

  private long[] readNumbers(String name, String key) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw wrong(name, "has a " + key + " that is not an array");
    }
    long[] numbers = new long[MAX_DIMENSIONS];
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw wrong(name, "has a " + key + " that holds something else than whole numbers");
      }
      if (count == MAX_DIMENSIONS) {
        throw wrong(name, "has a " + key + " of more than " + MAX_DIMENSIONS + " numbers");
      }
      long number = parser.getLongValue();
      if (number < 0) {
        throw wrong(name, "has a negative number in its " + key + " (" + number + ")");
      }
      numbers[count++] = number;
    }
    return Arrays.copyOf(numbers, count);
  }

  private TensorEntry checked(String name, String dtypeName, long[] shape, long begin, long end) {
    if (begin > end) {
      throw wrong(name, "ends (byte " + end + ") before it begins (byte " + begin + ")");
    }
    DType dtype = DType.named(dtypeName);
    long size = 1;
    try {
      for (long dimension : shape) {
        size = Math.multiplyExact(size, dimension);
      }
      if (dtype != null && end - begin != Math.multiplyExact(size, dtype.bytes())) {
        throw wrong(
            name,
            String.format(
                "has %d bytes, but shape %s in %s takes %d",
                end - begin, Arrays.toString(shape), dtype, size * dtype.bytes()));
      }
    } catch (ArithmeticException e) {
      throw wrong(name, "has an impossibly large shape " + Arrays.toString(shape));
    }
    return new TensorEntry(name, dtypeName, shape, size, begin, end);
  }

  /** Tensors must follow each other without gap or overlap, up to the end of the file. */
  private void checkLayout(long dataStart, long dataBytes) {
    List<TensorEntry> inOrder = new ArrayList<>(entries.values());
    inOrder.sort(Comparator.comparingLong(TensorEntry::begin).thenComparing(TensorEntry::end));
    long position = 0;
    String previous = null;
    for (TensorEntry entry : inOrder) {
      if (entry.begin() < position) {
        throw wrong(
            entry.name(), "overlaps tensor " + CheckpointException.quote(String.valueOf(previous)));
      }
      if (entry.begin() > position) {
        throw wrong(entry.name(), "leaves a gap of " + (entry.begin() - position) + " bytes");
      }
      position = entry.end();
      previous = entry.name();
      if (position > dataBytes) {
        throw truncated(inOrder, entry.name(), dataStart, dataBytes);
      }
    }
    if (position < dataBytes) {
      throw wrong((dataBytes - position) + " bytes follow after the last tensor");
    }
  }

  private CheckpointException truncated(
      List<TensorEntry> inOrder, String name, long dataStart, long dataBytes) {
    long end = inOrder.get(inOrder.size() - 1).end();
    return new CheckpointException(
        String.format(
            "%s is truncated: its header requires %s bytes, the file has %d (tensor %s"
                + " is the first that is not complete). A download was probably interrupted;"
                + " download the file again.",
            file,
            Long.toUnsignedString(dataStart + end),
            dataStart + dataBytes,
            CheckpointException.quote(name)));
  }

  private CheckpointException wrong(String problem) {
    return new CheckpointException(file + ": " + problem + "; " + DAMAGED);
  }

  private CheckpointException wrong(String tensor, String problem) {
    return wrong("tensor " + CheckpointException.quote(tensor) + " " + problem);
  }
}
