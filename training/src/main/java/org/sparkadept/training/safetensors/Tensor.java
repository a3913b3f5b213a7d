package org.sparkadept.training.safetensors;

import java.util.Arrays;

/**
 * A named tensor in memory.
 *
 * @param name its key in the file
 * @param shape lengths of its axes
 * @param values row-major values
 */
public record Tensor(String name, long[] shape, float[] values) {

  /**
   * Checks that shape and values agree.
   *
   * @throws IllegalArgumentException if they do not
   */
  public Tensor {
    long size = 1;
    for (long length : shape) {
      size *= length;
    }
    if (size != values.length) {
      throw new IllegalArgumentException(
          name + ": shape " + Arrays.toString(shape) + " with " + values.length + " values");
    }
  }
}
