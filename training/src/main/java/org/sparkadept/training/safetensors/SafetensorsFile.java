package org.sparkadept.training.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes safetensors files: 8 bytes header length, little endian; the header, a JSON
 * object that gives dtype, shape and byte range of every tensor; the bytes of the tensors.
 */
public final class SafetensorsFile {
  private static final String METADATA = "__metadata__";
  private static final int ALIGNMENT = 8;
  private static final ObjectMapper JSON = new ObjectMapper();

  private SafetensorsFile() {}

  /**
   * Writes tensors in the order given. The header is padded with spaces, so that the data start at
   * a multiple of 8 bytes.
   *
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, List<Tensor> tensors, ElementType type) throws IOException {
    byte[] header = header(tensors, type);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      out.write(length.putLong(header.length).array());
      out.write(header);
      for (Tensor tensor : tensors) {
        out.write(encode(tensor.values(), type));
      }
    }
  }

  private static byte[] header(List<Tensor> tensors, ElementType type) throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.putObject(METADATA).put("format", "pt");
    long offset = 0;
    for (Tensor tensor : tensors) {
      long end = offset + (long) tensor.values().length * type.bytes();
      ObjectNode entry = root.putObject(tensor.name());
      entry.put("dtype", type.name());
      for (long length : tensor.shape()) {
        entry.withArray("shape").add(length);
      }
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] json = JSON.writeValueAsBytes(root);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] header = Arrays.copyOf(json, padded);
    Arrays.fill(header, json.length, padded, (byte) ' ');
    return header;
  }

  private static byte[] encode(float[] values, ElementType type) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      if (type == ElementType.F16) {
        bytes.putShort(HalfFloat.of(value));
      } else {
        bytes.putFloat(value);
      }
    }
    return bytes.array();
  }

  /**
   * Reads all tensors of a file that {@link #write} could have written.
   *
   * @return the tensors by name, in file order
   * @throws IOException if the file cannot be read, is cut short or has another element type
   */
  public static Map<String, Tensor> read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() < Long.BYTES) {
      throw new IOException(file + " is too short for a safetensors file");
    }
    long length = bytes.getLong();
    if (length < 0 || length > bytes.remaining()) {
      throw new IOException(file + ": header of " + length + " bytes does not fit in the file");
    }
    byte[] header = new byte[(int) length];
    bytes.get(header);
    JsonNode root = JSON.readTree(new String(header, StandardCharsets.UTF_8));
    ByteBuffer data = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Iterator<String> names = root.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!name.equals(METADATA)) {
        tensors.put(name, tensor(file, name, root.get(name), data));
      }
    }
    return tensors;
  }

  private static Tensor tensor(Path file, String name, JsonNode entry, ByteBuffer data)
      throws IOException {
    ElementType type;
    try {
      type = ElementType.valueOf(entry.path("dtype").asText());
    } catch (IllegalArgumentException e) {
      throw new IOException(file + ": " + name + " has an unknown dtype", e);
    }
    int begin = entry.path("data_offsets").path(0).asInt(-1);
    int end = entry.path("data_offsets").path(1).asInt(-1);
    if (begin < 0 || end < begin || end > data.limit()) {
      throw new IOException(file + ": " + name + " lies outside of the file");
    }
    long[] shape = new long[entry.path("shape").size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = entry.path("shape").get(i).asLong();
    }
    float[] values = new float[(end - begin) / type.bytes()];
    for (int i = 0; i < values.length; i++) {
      int at = begin + i * type.bytes();
      values[i] =
          type == ElementType.F16 ? HalfFloat.toFloat(data.getShort(at)) : data.getFloat(at);
    }
    return new Tensor(name, shape, values);
  }
}
