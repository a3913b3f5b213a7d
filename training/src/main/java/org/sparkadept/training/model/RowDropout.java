package org.sparkadept.training.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Random;

/**
 * Dropout with one mask a row, shared by the row's tokens (Gal, Ghahramani 2016). Much cheaper than
 * a mask a token, whose random numbers would take as long as a layer, and seeded here in Java.
 */
final class RowDropout {
  private final NDManager manager;
  private final int rows;
  private final int width;
  private final double rate;
  private final Random random;

  RowDropout(NDManager manager, int rows, int width, double rate, Random random) {
    this.manager = manager;
    this.rows = rows;
    this.width = width;
    this.rate = rate;
    this.random = random;
  }

  /** Zeroes entries of {@code [rows, time, width]} and scales the others up; a new mask a call. */
  NDArray apply(NDArray input) {
    if (rate == 0) {
      return input;
    }
    float[] mask = new float[rows * width];
    float kept = (float) (1 / (1 - rate));
    for (int i = 0; i < mask.length; i++) {
      mask[i] = random.nextFloat() < rate ? 0 : kept;
    }
    return input.mul(manager.create(mask, new Shape(rows, 1, width)));
  }
}
