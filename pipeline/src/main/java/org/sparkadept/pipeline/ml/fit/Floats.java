package org.sparkadept.pipeline.ml.fit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Floats as bytes, little-endian: a column of numbers that are not boxed one by one. */
final class Floats {
  private Floats() {}

  static byte[] bytes(float[] values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return buffer.array();
  }

  static float[] floats(byte[] bytes) {
    FloatBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  /** The first {@code count} as doubles, with room for {@code more} behind them. */
  static double[] doubles(byte[] bytes, int count, int more) {
    float[] values = floats(bytes);
    double[] wide = new double[count + more];
    for (int i = 0; i < count; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  static float[] narrow(double[] values, int from, int to) {
    float[] narrow = new float[to - from];
    for (int i = from; i < to; i++) {
      narrow[i - from] = (float) values[i];
    }
    return narrow;
  }
}
