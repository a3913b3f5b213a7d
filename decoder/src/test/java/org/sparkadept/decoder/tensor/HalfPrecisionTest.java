package org.sparkadept.decoder.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HalfPrecisionTest {
  private static final int PATTERNS = 1 << 16;

  @Test
  void everyF16PatternBecomesItsExactValue() {
    for (int half = 0; half < PATTERNS; half++) {
      int found = Float.floatToRawIntBits(HalfPrecision.fromF16((short) half));
      assertEquals(expectedFromF16(half), found);
    }
  }

  @Test
  void everyBf16PatternBecomesItsExactValue() {
    for (int half = 0; half < PATTERNS; half++) {
      int found = Float.floatToRawIntBits(HalfPrecision.fromBf16((short) half));
      assertEquals(half << 16, found);
    }
  }

  @Test
  void everyPatternThatIsNoNanSurvivesTheWayBack() {
    for (int half = 0; half < PATTERNS; half++) {
      float f16 = HalfPrecision.fromF16((short) half);
      float bf16 = HalfPrecision.fromBf16((short) half);
      if (Float.isNaN(f16)) {
        assertTrue(Float.isNaN(HalfPrecision.fromF16(HalfPrecision.toF16(f16))));
      } else {
        assertEquals((short) half, HalfPrecision.toF16(f16));
      }
      if (Float.isNaN(bf16)) {
        assertTrue(Float.isNaN(HalfPrecision.fromBf16(HalfPrecision.toBf16(bf16))));
      } else {
        assertEquals((short) half, HalfPrecision.toBf16(bf16));
      }
    }
  }

  @Test
  void f16RoundsToNearestAndTiesToEven() {
    for (int half = 0; half < 0x7bff; half++) {
      float low = HalfPrecision.fromF16((short) half);
      float high = HalfPrecision.fromF16((short) (half + 1));
      float middle = (low + high) / 2;
      int even = half % 2 == 0 ? half : half + 1;
      assertEquals(even, HalfPrecision.toF16(middle));
      assertEquals(half, HalfPrecision.toF16(Math.nextDown(middle)));
      assertEquals(half + 1, HalfPrecision.toF16(Math.nextUp(middle)));
      assertEquals((short) (even | 0x8000), HalfPrecision.toF16(-middle));
    }
  }

  @Test
  void bf16RoundsToNearestAndTiesToEven() {
    for (int half = 0; half < 0x7f7f; half++) {
      float middle = Float.intBitsToFloat(half << 16 | 0x8000);
      int even = half % 2 == 0 ? half : half + 1;
      assertEquals(even, HalfPrecision.toBf16(middle));
      assertEquals(half, HalfPrecision.toBf16(Math.nextDown(middle)));
      assertEquals(half + 1, HalfPrecision.toBf16(Math.nextUp(middle)));
      assertEquals((short) (even | 0x8000), HalfPrecision.toBf16(-middle));
    }
  }

  @Test
  void whatIsOutOfRangeBecomesInfinite() {
    assertEquals(0x7bff, HalfPrecision.toF16(Math.nextDown(65520f)));
    assertEquals(0x7c00, HalfPrecision.toF16(65520f));
    assertEquals(0x7c00, HalfPrecision.toF16(Float.MAX_VALUE));
    assertEquals((short) 0xfc00, HalfPrecision.toF16(Float.NEGATIVE_INFINITY));
    assertEquals(0x7f80, HalfPrecision.toBf16(Float.MAX_VALUE));
    assertEquals((short) 0xff80, HalfPrecision.toBf16(Float.NEGATIVE_INFINITY));
  }

  /** IEEE 754 binary16 by its definition; NaN keeps sign and payload. */
  private static int expectedFromF16(int half) {
    int sign = half >>> 15;
    int exponent = half >>> 10 & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 31) {
      return sign << 31 | 0x7f800000 | fraction << 13;
    }
    double magnitude =
        exponent == 0
            ? fraction * Math.pow(2, -24)
            : (1024 + fraction) * Math.pow(2, exponent - 25);
    return Float.floatToRawIntBits((float) (sign == 1 ? -magnitude : magnitude));
  }
}
