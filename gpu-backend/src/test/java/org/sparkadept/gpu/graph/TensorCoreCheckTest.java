package org.sparkadept.gpu.graph;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

class TensorCoreCheckTest {
  private static final FloatArray EXPECTED = FloatArray.fromElements(0f, -2f, 1000f);

  @Test
  void anotherOrderOfSumsIsNoError() {
    FloatArray y = FloatArray.fromElements(1e-4f, -2.001f, 1000.5f);
    assertDoesNotThrow(() -> TensorCoreCheck.compare(EXPECTED, y));
  }

  @Test
  void whatADeviceLeftAsItWasIsAnError() {
    FloatArray nothing = FloatArray.fromElements(Float.NaN);
    assertThrows(IllegalStateException.class, () -> TensorCoreCheck.compare(nothing, nothing));
  }

  @ParameterizedTest
  @ValueSource(floats = {-2.02f, 2f, Float.NaN, Float.NEGATIVE_INFINITY})
  void anotherProductIsAnError(float wrong) {
    FloatArray y = FloatArray.fromElements(0f, wrong, 1000f);
    String message =
        assertThrows(IllegalStateException.class, () -> TensorCoreCheck.compare(EXPECTED, y))
            .getMessage();
    assertEquals("W·x is " + wrong + ", but without them -2.0, for token 0 and output 1", message);
  }
}
