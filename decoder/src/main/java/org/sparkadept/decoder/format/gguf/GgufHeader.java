package org.sparkadept.decoder.format.gguf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.tensor.TensorFile;

/**
 * The header of a file: magic number, version, counts, key-values, tensors; numbers are
 * little-endian (ggml's {@code docs/gguf.md}). The data follow at the next multiple of the
 * alignment.
 *
 * @param keys the key-values
 * @param tensors the tensors, in the file's order
 * @param dataStart first byte of the data in the file
 */
record GgufHeader(GgufKeys keys, List<TensorInfo> tensors, long dataStart) {
  /** {@code GGUF}. */
  private static final int MAGIC = 0x46554747;

  private static final int OLDEST_VERSION = 2;
  private static final int VERSION = 3;

  private static final String ALIGNMENT = "general.alignment";
  private static final int DEFAULT_ALIGNMENT = 32;

  private static final int MAX_KEYS = 1 << 16;
  private static final int MAX_TENSORS = 1 << 18;
  private static final int MAX_DIMENSIONS = 4;
  private static final int MAX_NESTING = 4;

  /** Least bytes of a key-value: the key's length, the value's type, a value. */
  private static final int LEAST_KEY_BYTES = Long.BYTES + Integer.BYTES + 1;

  /** Least bytes of a tensor: the name's length, the number of dimensions, type and offset. */
  private static final int LEAST_TENSOR_BYTES = 2 * Long.BYTES + 2 * Integer.BYTES;

  /**
   * @throws CheckpointException if the file is not GGUF, of another version, malformed or cut
   */
  static GgufHeader read(TensorFile file) {
    GgufInput input = new GgufInput(file, 0);
    requireVersion(file, input);
    long tensorCount = input.count(LEAST_TENSOR_BYTES, "tensors");
    long keyCount = input.count(LEAST_KEY_BYTES, "keys");
    if (tensorCount > MAX_TENSORS || keyCount > MAX_KEYS) {
      throw input.wrong("the header counts " + tensorCount + " tensors and " + keyCount + " keys");
    }
    GgufKeys keys = new GgufKeys(file.file(), readKeys(file, input, keyCount));
    List<TensorInfo> tensors = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (long i = 0; i < tensorCount; i++) {
      TensorInfo tensor = readTensor(input);
      if (!names.add(tensor.name())) {
        throw wrong(input, tensor.name(), "is described twice");
      }
      tensors.add(tensor);
    }
    long alignment = alignment(keys);
    long dataStart = (input.position() + alignment - 1) / alignment * alignment;
    checkLayout(file, input, tensors, alignment, dataStart);
    return new GgufHeader(keys, tensors, dataStart);
  }

  private static void requireVersion(TensorFile file, GgufInput input) {
    if (input.remaining() < 2 * Integer.BYTES || input.i32("the magic number") != MAGIC) {
      throw new CheckpointException(
          file.file()
              + " is no GGUF file: it does not start with the letters GGUF. If it is a Git LFS"
              + " pointer, run 'git lfs pull' in the folder it came from; else download it again.");
    }
    int version = input.i32("the version");
    int reversed = Integer.reverseBytes(version);
    if (reversed > 0 && reversed <= VERSION) {
      throw new CheckpointException(
          file.file() + " is big-endian, which is not supported; convert it for this machine.");
    }
    if (version < OLDEST_VERSION || version > VERSION) {
      throw new CheckpointException(
          String.format(
              "%s has version %d of GGUF, but %d and %d are read; convert it with a current release"
                  + " of llama.cpp.",
              file.file(), version, OLDEST_VERSION, VERSION));
    }
  }

  private static Map<String, Object> readKeys(TensorFile file, GgufInput input, long count) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      String key = input.string("the name of a key");
      String what = "the value of " + CheckpointException.quote(key);
      ValueType type = ValueType.of(input, what);
      Object value =
          type == ValueType.ARRAY ? readArray(file, input, what, 1) : type.read(input, what);
      if (values.putIfAbsent(key, value) != null) {
        throw input.wrong("the key " + CheckpointException.quote(key) + " is there twice");
      }
    }
    return values;
  }

  /** Goes past an array; what is in it is read when it is needed. */
  private static GgufArray readArray(TensorFile file, GgufInput input, String what, int depth) {
    ValueType type = ValueType.of(input, what);
    long count = input.count(type.bytes(), what);
    if (depth > MAX_NESTING || count > Integer.MAX_VALUE - 8) {
      throw input.wrong(what + " is nested too deeply, or has too many elements: " + count);
    }
    GgufArray array = new GgufArray(file, input.position(), type, (int) count);
    if (type.isFixed()) {
      input.skip(count * type.bytes(), what);
    } else {
      for (long i = 0; i < count; i++) {
        if (type == ValueType.STRING) {
          input.skip(input.count(1, what), what);
        } else {
          readArray(file, input, what, depth + 1);
        }
      }
    }
    return array;
  }

  private static TensorInfo readTensor(GgufInput input) {
    String name = input.string("the name of a tensor");
    int dimensions = input.i32(name);
    if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
      throw wrong(input, name, "has " + dimensions + " dimensions; at most 4 are possible");
    }
    long[] shape = new long[dimensions];
    for (int i = dimensions - 1; i >= 0; i--) { // the file has the innermost first
      shape[i] = input.i64(name);
    }
    long id = input.i32(name) & 0xFFFFFFFFL;
    GgufType type = GgufType.of(id);
    if (type == null) {
      throw new CheckpointException(
          String.format(
              "%s: tensor %s is of type %d, which is not read; known are %s. Take the model in"
                  + " another quantization.",
              input.file(), CheckpointException.quote(name), id, GgufType.known()));
    }
    long begin = input.i64(name);
    return new TensorInfo(name, type, shape, begin, end(input, name, type, shape, begin));
  }

  private static long end(GgufInput input, String name, GgufType type, long[] shape, long begin) {
    try {
      long numbers = 1;
      for (long dimension : shape) {
        if (dimension < 0) {
          throw wrong(input, name, "has the shape " + Arrays.toString(shape));
        }
        numbers = Math.multiplyExact(numbers, dimension);
      }
      long row = shape.length == 0 ? 1 : shape[shape.length - 1];
      if (row % type.numbers() != 0) {
        throw wrong(
            input,
            name,
            String.format(
                "has rows of %d numbers, but blocks of %s have %d", row, type, type.numbers()));
      }
      long bytes = Math.multiplyExact(numbers / type.numbers(), type.bytes());
      if (begin < 0) {
        throw wrong(input, name, "begins at byte " + Long.toUnsignedString(begin));
      }
      return Math.addExact(begin, bytes);
    } catch (ArithmeticException e) {
      throw wrong(input, name, "has an impossibly large shape " + Arrays.toString(shape));
    }
  }

  private static long alignment(GgufKeys keys) {
    int alignment = keys.positive(ALIGNMENT, DEFAULT_ALIGNMENT);
    if (Integer.bitCount(alignment) != 1) {
      throw keys.wrong(ALIGNMENT, "must be a power of two, but is " + alignment);
    }
    return alignment;
  }

  /** Tensors must be aligned, lie in the file and share no byte. */
  private static void checkLayout(
      TensorFile file, GgufInput input, List<TensorInfo> tensors, long alignment, long dataStart) {
    List<TensorInfo> inOrder = new ArrayList<>(tensors);
    inOrder.sort(Comparator.comparingLong(TensorInfo::begin).thenComparing(TensorInfo::end));
    long dataBytes = file.size() - dataStart;
    long position = 0;
    String previous = null;
    for (TensorInfo tensor : inOrder) {
      if (tensor.begin() % alignment != 0) {
        throw wrong(
            input,
            tensor.name(),
            "begins at byte " + tensor.begin() + ", which is no multiple of " + alignment);
      }
      if (tensor.begin() < position) {
        throw wrong(input, tensor.name(), "overlaps tensor " + CheckpointException.quote(previous));
      }
      if (tensor.end() > dataBytes) {
        throw truncated(file, inOrder, tensor, dataStart);
      }
      position = tensor.end();
      previous = tensor.name();
    }
  }

  private static CheckpointException truncated(
      TensorFile file, List<TensorInfo> inOrder, TensorInfo first, long dataStart) {
    long end = inOrder.get(inOrder.size() - 1).end();
    return new CheckpointException(
        String.format(
            "%s is truncated: its header requires %s bytes, the file has %d (tensor %s is the first"
                + " that is not complete). A download was probably interrupted; download the file"
                + " again.",
            file.file(),
            Long.toUnsignedString(dataStart + end),
            file.size(),
            CheckpointException.quote(first.name())));
  }

  private static CheckpointException wrong(GgufInput input, String tensor, String problem) {
    return input.wrong("tensor " + CheckpointException.quote(tensor) + " " + problem);
  }
}
