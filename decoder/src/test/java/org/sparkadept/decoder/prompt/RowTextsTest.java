package org.sparkadept.decoder.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TestSeed;

class RowTextsTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theTextOfOneColumnIsItself() {
    byte[] text = utf8("a\u001fb\u001b0");
    assertSame(text, RowTexts.pack(new byte[][] {text}));
    assertSame(text, RowTexts.unpack(text, 1).get(0));
  }

  @Test
  void aNullCountsAsEmptyUnlessAllAreNull() {
    assertArrayEquals(utf8("\u001fb"), RowTexts.pack(new byte[][] {null, utf8("b")}));
    assertNull(RowTexts.pack(new byte[][] {null, null}));
    assertArrayEquals(utf8("\u001f"), RowTexts.pack(new byte[][] {utf8(""), null}));
  }

  @Test
  void anyBytesComeBack() {
    Random random = TestSeed.random();
    for (int round = 0; round < 2000; round++) {
      byte[][] texts = new byte[2 + random.nextInt(3)][];
      for (int i = 0; i < texts.length; i++) {
        texts[i] = new byte[random.nextInt(6)];
        for (int b = 0; b < texts[i].length; b++) {
          texts[i][b] = "\u001b\u001f01a\u0000".getBytes(StandardCharsets.UTF_8)[random.nextInt(6)];
        }
      }
      List<byte[]> back = RowTexts.unpack(RowTexts.pack(texts), texts.length);
      assertEquals(texts.length, back.size());
      for (int i = 0; i < texts.length; i++) {
        assertArrayEquals(texts[i], back.get(i));
      }
    }
  }
}
