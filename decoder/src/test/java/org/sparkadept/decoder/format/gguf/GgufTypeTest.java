package org.sparkadept.decoder.format.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkadept.decoder.fixture.TestSeed;

/**
 * Blocks against the figures of the Python package gguf ({@code blocks.json}, made by {@code
 * src/test/python/gguf_blocks.py}), and against {@link PlainBlocks} on random bytes.
 */
class GgufTypeTest {
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "F16", "BF16"})
  void blocksGiveTheFloatsOfThePythonPackageBitForBit(GgufType type) throws IOException {
    JsonNode figures;
    try (InputStream in = GgufTypeTest.class.getResourceAsStream("blocks.json")) {
      figures = new ObjectMapper().readTree(in).get(type.name());
    }
    byte[] blocks = HexFormat.of().parseHex(figures.get("bytes").asText());
    ByteBuffer expected =
        ByteBuffer.wrap(HexFormat.of().parseHex(figures.get("floats").asText()))
            .order(ByteOrder.LITTLE_ENDIAN);
    int count = blocks.length / type.bytes();
    assertEquals(blocks.length, count * type.bytes());
    assertEquals(expected.remaining(), count * type.numbers() * Float.BYTES);
    float[] numbers = new float[type.numbers()];
    for (int block = 0; block < count; block++) {
      type.decode(blocks, block * type.bytes(), numbers, 0);
      for (int i = 0; i < numbers.length; i++) {
        assertSame(expected.getFloat(), numbers[i], block + "/" + i);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "F16", "BF16"})
  void blocksGiveWhatTheirDescriptionSays(GgufType type) {
    Random random = TestSeed.random();
    byte[] bytes = new byte[3 + type.bytes()];
    float[] numbers = new float[2 + type.numbers()];
    for (int round = 0; round < 500; round++) {
      random.nextBytes(bytes);
      type.decode(bytes, 3, numbers, 2);
      float[] expected = PlainBlocks.decode(type.name(), bytes, 3);
      for (int i = 0; i < expected.length; i++) {
        assertSame(expected[i], numbers[2 + i], round + "/" + i);
      }
    }
    assertEquals(0, numbers[0]);
    assertEquals(0, numbers[1]);
  }

  @Test
  void numbersOfTypesAreThoseOfTheFormat() {
    int[] ids = {0, 1, 30, 2, 3, 6, 7, 8, 12, 13, 14};
    for (int i = 0; i < ids.length; i++) {
      assertEquals(GgufType.values()[i], GgufType.of(ids[i]));
    }
    assertEquals(ids.length, GgufType.values().length);
    assertNull(GgufType.of(10));
    assertNull(GgufType.of(4_294_967_295L));
    assertTrue(GgufType.known().contains("Q4_K"));
  }

  /** The same float, or both are no number. */
  private static void assertSame(float expected, float actual, String where) {
    assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(actual), where);
  }
}
