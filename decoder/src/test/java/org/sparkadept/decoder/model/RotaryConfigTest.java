package org.sparkadept.decoder.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RotaryConfigTest {
  @Test
  void plainFrequenciesFallFromOneByPowersOfTheta() {
    RotaryConfig rotary = new RotaryConfig(10_000, 8, RotaryScaling.NONE);
    assertArrayEquals(new double[] {1, 0.1, 0.01, 0.001}, rotary.inverseFrequencies(), 1e-15);
  }

  @Test
  void linearScalingDividesEveryFrequency() {
    RotaryConfig rotary = new RotaryConfig(10_000, 8, RotaryScaling.linear(4));
    assertArrayEquals(
        new double[] {0.25, 0.025, 0.0025, 0.00025}, rotary.inverseFrequencies(), 1e-15);
  }

  /** Against the formula of Llama 3.1's release, evaluated in Python. */
  @Test
  void llama3ScalingKeepsHighSlowsLowAndBlendsBetween() {
    RotaryScaling scaling = new RotaryScaling(RotaryScaling.Kind.LLAMA3, 8, 1, 4, 8192);
    double[] frequencies = new RotaryConfig(500_000, 128, scaling).inverseFrequencies();
    assertEquals(64, frequencies.length);
    assertEquals(1.0, frequencies[0], 1e-15);
    assertEquals(0.0032114459947525913, frequencies[28], 1e-15);
    assertEquals(0.002166570763503359, frequencies[29], 1e-15);
    assertEquals(0.0005248461609929547, frequencies[32], 1e-15);
    assertEquals(9.556212353964683e-05, frequencies[35], 1e-15);
    assertEquals(7.78465527393245e-05, frequencies[36], 1e-15);
    assertEquals(3.068925988914511e-07, frequencies[63], 1e-18);
  }
}
