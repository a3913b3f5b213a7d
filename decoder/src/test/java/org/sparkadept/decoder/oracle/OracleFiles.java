package org.sparkadept.decoder.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads a model directory into doubles by Hugging Face names. */
final class OracleFiles {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern WEIGHTS = Pattern.compile("model.*\\.safetensors");

  private OracleFiles() {}

  static JsonNode config(Path directory) throws IOException {
    return JSON.readTree(directory.resolve("config.json").toFile());
  }

  /** All tensors of the checkpoint; the base model's prefix is taken off the names. */
  static Map<String, double[]> weights(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(f -> WEIGHTS.matcher(f.getFileName().toString()).matches()).toList();
    }
    Map<String, double[]> weights = new HashMap<>();
    for (Path file : files) {
      tensors(file)
          .forEach((name, w) -> weights.put(name.replaceFirst("^(model|transformer)\\.", ""), w));
    }
    return weights;
  }

  /** All tensors of one safetensors file. */
  static Map<String, double[]> tensors(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[(int) bytes.getLong()];
    bytes.get(header);
    ByteBuffer data = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    Map<String, double[]> tensors = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : JSON.readTree(header).properties()) {
      if (!entry.getKey().equals("__metadata__")) {
        JsonNode offsets = entry.getValue().get("data_offsets");
        int start = offsets.get(0).asInt();
        int length = offsets.get(1).asInt() - start;
        String type = entry.getValue().get("dtype").asText();
        tensors.put(entry.getKey(), values(data.slice(start, length), type));
      }
    }
    return tensors;
  }

  private static double[] values(ByteBuffer raw, String type) {
    raw.order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[raw.remaining() / (type.equals("F32") ? 4 : 2)];
    for (int i = 0; i < values.length; i++) {
      switch (type) {
        case "F32" -> values[i] = raw.getFloat();
        case "F16" -> values[i] = half(raw.getShort() & 0xFFFF);
        case "BF16" -> values[i] = Float.intBitsToFloat(raw.getShort() << 16);
        default -> throw new IllegalArgumentException("The oracle does not read " + type + ".");
      }
    }
    return values;
  }

  /** (-1)^s · 2^(e-15) · 1.f; for e = 0: (-1)^s · 2^-14 · 0.f. Infinity and NaN do not occur. */
  private static double half(int bits) {
    int exponent = bits >> 10 & 31;
    double fraction = (bits & 1023) / 1024.0;
    double magnitude =
        exponent == 0 ? fraction * Math.pow(2, -14) : (1 + fraction) * Math.pow(2, exponent - 15);
    return bits >> 15 == 0 ? magnitude : -magnitude;
  }
}
