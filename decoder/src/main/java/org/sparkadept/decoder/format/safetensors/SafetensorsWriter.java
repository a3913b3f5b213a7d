package org.sparkadept.decoder.format.safetensors;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.HalfPrecision;

/**
 * Writes a safetensors file in one piece: readers see the old file or the whole new one, and a
 * failure leaves nothing behind. The same tensors give the same bytes in whatever order they are
 * added. Not thread-safe.
 */
public final class SafetensorsWriter {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final String METADATA = "__metadata__";
  private static final int ALIGNMENT = 8;

  private record Part(String name, DType dtype, Values values, long size, int[] shape) {}

  /**
   * Values of a tensor that are read while the file is written, so that they need not be in memory.
   */
  @FunctionalInterface
  public interface Values {
    /**
     * Reads some values.
     *
     * @param start first element, row-major
     * @param to receives them, from index 0 on
     * @param count number of elements
     */
    void read(long start, float[] to, int count);
  }

  private final Map<String, Part> parts = new TreeMap<>();
  private final Map<String, String> metadata = new TreeMap<>();

  /**
   * Adds a tensor; its values are not copied.
   *
   * @param name tensor name, not yet used and not {@code __metadata__}
   * @param dtype number format in the file; what is finite must stay so in it
   * @param values elements in row-major order
   * @param shape dimensions; their product is the number of values
   * @return this
   * @throws IllegalArgumentException if the name is taken or the shape does not fit the values
   */
  public SafetensorsWriter add(String name, DType dtype, float[] values, int... shape) {
    if (size(name, shape) != values.length) {
      throw new IllegalArgumentException(
          name + " has " + values.length + " values, but shape " + Arrays.toString(shape) + ".");
    }
    return add(
        name,
        dtype,
        (start, to, count) -> System.arraycopy(values, (int) start, to, 0, count),
        shape);
  }

  /**
   * Adds a tensor whose values are read when the file is written.
   *
   * @param name tensor name, not yet used and not {@code __metadata__}
   * @param dtype number format in the file; what is finite must stay so in it
   * @param values where the elements come from
   * @param shape dimensions
   * @return this
   * @throws IllegalArgumentException if the name is taken or a dimension is negative
   */
  public SafetensorsWriter add(String name, DType dtype, Values values, int... shape) {
    Part part = new Part(name, dtype, values, size(name, shape), shape.clone());
    if (name.equals(METADATA)) {
      throw new IllegalArgumentException("No tensor can be named " + METADATA + ".");
    }
    if (parts.putIfAbsent(name, part) != null) {
      throw new IllegalArgumentException("There is a tensor " + name + " already.");
    }
    return this;
  }

  private static long size(String name, int[] shape) {
    long size = 1;
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException(
            name + " cannot have the shape " + Arrays.toString(shape) + ".");
      }
      size = Math.multiplyExact(size, dimension);
    }
    return size;
  }

  /**
   * Adds an entry to the header's {@code __metadata__}.
   *
   * @return this
   */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /**
   * Writes the file; one of that name is replaced.
   *
   * @param file where to, in a folder that exists
   * @throws CheckpointException if it cannot be written, or a finite value is out of its format's
   *     range
   */
  public void write(Path file) {
    write(
        file,
        path -> FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  /** Opens a channel to a new file; a seam for tests of full disks. */
  @FunctionalInterface
  interface Opener {
    FileChannel open(Path file) throws IOException;
  }

  void write(Path file, Opener opener) {
    Path folder = file.toAbsolutePath().getParent();
    Path temporary = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel = opener.open(temporary)) {
        writeAll(channel);
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw unwritable(file, folder, e);
    } finally {
      discard(temporary);
    }
  }

  private void writeAll(FileChannel channel) throws IOException {
    List<Part> inOrder = new ArrayList<>(parts.values());
    // Wide formats first, so that every tensor starts at a multiple of its element size.
    inOrder.sort(Comparator.comparingInt(part -> -part.dtype().bytes()));
    byte[] header = header(inOrder);
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    drain(buffer.putLong(header.length), channel);
    writeFully(ByteBuffer.wrap(header), channel);
    float[] block = new float[BUFFER_BYTES / Float.BYTES];
    for (Part part : inOrder) {
      for (long start = 0; start < part.size(); start += block.length) {
        int count = (int) Math.min(block.length, part.size() - start);
        part.values().read(start, block, count);
        for (int i = 0; i < count; i++) {
          put(buffer, part, block[i]);
        }
        drain(buffer, channel);
      }
    }
  }

  private byte[] header(List<Part> inOrder) throws IOException {
    JsonMapper mapper = new JsonMapper();
    ObjectNode json = mapper.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = json.putObject(METADATA);
      metadata.forEach(node::put);
    }
    long offset = 0;
    for (Part part : inOrder) {
      ObjectNode node = json.putObject(part.name()).put("dtype", part.dtype().name());
      node.set("shape", mapper.valueToTree(part.shape()));
      long end = offset + part.size() * part.dtype().bytes();
      node.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] bytes = mapper.writeValueAsString(json).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(bytes, (bytes.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
    return padded;
  }

  private static void put(ByteBuffer buffer, Part part, float value) {
    switch (part.dtype()) {
      case F32 -> buffer.putFloat(value);
      case F16 -> {
        short half = HalfPrecision.toF16(value);
        checkRange(part, value, HalfPrecision.fromF16(half));
        buffer.putShort(half);
      }
      case BF16 -> {
        short half = HalfPrecision.toBf16(value);
        checkRange(part, value, HalfPrecision.fromBf16(half));
        buffer.putShort(half);
      }
    }
  }

  private static void checkRange(Part part, float value, float stored) {
    if (Float.isInfinite(stored) && !Float.isInfinite(value)) {
      throw new CheckpointException(
          String.format(
              "Tensor %s holds %s, which is out of the range of %s; write it as F32.",
              CheckpointException.quote(part.name()), value, part.dtype()));
    }
  }

  private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
    writeFully(buffer.flip(), channel);
    buffer.clear();
  }

  private static void writeFully(ByteBuffer bytes, FileChannel channel) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static CheckpointException unwritable(Path file, Path folder, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    if (reason.contains("No space left") || reason.contains("quota")) {
      return new CheckpointException(
          String.format(
              "%s cannot be written: %s. Free some space on the disk of %s and start again; no partial"
                  + " file was left.",
              file, reason, folder),
          cause);
    }
    if (!Files.isDirectory(folder)) {
      return new CheckpointException(
          String.format("%s cannot be written: create the folder %s first.", file, folder), cause);
    }
    return new CheckpointException(
        String.format(
            "%s cannot be written (%s); check that this process may write in %s.",
            file, cause, folder),
        cause);
  }

  private static void discard(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw new CheckpointException(
          temporary + " is left over from a failed write (" + e + "); remove it.", e);
    }
  }
}
