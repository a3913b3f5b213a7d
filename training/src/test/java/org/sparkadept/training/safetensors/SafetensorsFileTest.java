package org.sparkadept.training.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFileTest {
  @TempDir private Path folder;

  private final List<Tensor> tensors =
      List.of(
          new Tensor("first", new long[] {2, 2}, new float[] {1, -2, 0.5f, 0}),
          new Tensor("second", new long[] {1}, new float[] {3}));

  @Test
  void writesLengthHeaderAndAlignedLittleEndianData() throws IOException {
    Path file = folder.resolve("small.safetensors");
    SafetensorsFile.write(file, tensors, ElementType.F16);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    assertEquals(0, length % 8);
    byte[] header = new byte[length];
    bytes.get(header);
    assertEquals(
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"first\":{\"dtype\":\"F16\",\"shape\":[2,2],\"data_offsets\":[0,8]},"
            + "\"second\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[8,10]}}",
        new String(header, StandardCharsets.UTF_8).stripTrailing());
    assertEquals(10, bytes.remaining());
    assertEquals((short) 0x3c00, bytes.getShort());
    assertEquals((short) 0xc000, bytes.getShort());
  }

  @Test
  void readsWhatItWrote() throws IOException {
    for (ElementType type : ElementType.values()) {
      Path file = folder.resolve(type + ".safetensors");
      SafetensorsFile.write(file, tensors, type);
      Map<String, Tensor> read = SafetensorsFile.read(file);
      assertEquals(List.of("first", "second"), List.copyOf(read.keySet()));
      assertArrayEquals(tensors.get(0).values(), read.get("first").values());
      assertArrayEquals(new long[] {2, 2}, read.get("first").shape());
    }
  }

  @Test
  void refusesAFileThatWasCutShort() throws IOException {
    Path file = folder.resolve("cut.safetensors");
    SafetensorsFile.write(file, tensors, ElementType.F32);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {4, 20, whole.length - 1}) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThrows(IOException.class, () -> SafetensorsFile.read(file));
    }
  }

  @Test
  void everyHalfSurvivesTheWayThroughFloat() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = HalfFloat.toFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertEquals((short) bits, HalfFloat.of(value));
      }
    }
  }

  @Test
  void roundsToTheNearestHalfTiesToEven() {
    assertEquals(1f, HalfFloat.toFloat(HalfFloat.of(1 + 0x1p-11f)));
    assertEquals(1 + 0x1p-9f, HalfFloat.toFloat(HalfFloat.of(1 + 0x1p-10f + 0x1p-11f)));
    assertEquals(65504f, HalfFloat.toFloat(HalfFloat.of(65519f)));
    assertEquals(Float.POSITIVE_INFINITY, HalfFloat.toFloat(HalfFloat.of(65520f)));
    assertEquals(Float.NEGATIVE_INFINITY, HalfFloat.toFloat(HalfFloat.of(-1e9f)));
    assertEquals(0x1p-14f, HalfFloat.toFloat(HalfFloat.of(Math.nextDown(0x1p-14f))));
  }
}
