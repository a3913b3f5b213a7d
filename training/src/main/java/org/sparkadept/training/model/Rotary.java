package org.sparkadept.training.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/** Rotary position embedding in Hugging Face's convention: dimension i pairs with i + head / 2. */
final class Rotary {
  private final NDArray cosines;
  private final NDArray sines;
  private final int half;

  Rotary(NDManager manager, ModelShape model) {
    half = model.headWidth() / 2;
    int positions = model.maxPositions();
    float[] cosine = new float[positions * half];
    float[] sine = new float[positions * half];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < half; i++) {
        double angle = position * Math.pow(ModelShape.ROTARY_THETA, -(double) i / half);
        cosine[position * half + i] = (float) Math.cos(angle);
        sine[position * half + i] = (float) Math.sin(angle);
      }
    }
    cosines = manager.create(cosine, new Shape(positions, 1, half));
    sines = manager.create(sine, new Shape(positions, 1, half));
  }

  /** Rotates {@code [rows, time, heads, head]}; position t is index t of the time axis. */
  NDArray apply(NDArray heads, int time) {
    try (NDManager scope = heads.getManager().newSubManager()) {
      NDArray cosine = cosines.get(scope, new NDIndex("0:{}", time));
      NDArray sine = sines.get(scope, new NDIndex("0:{}", time));
      NDList halves = heads.split(new long[] {half}, 3);
      NDArray low = halves.get(0);
      NDArray high = halves.get(1);
      NDArray rotatedLow = low.mul(cosine).sub(high.mul(sine));
      NDArray rotatedHigh = high.mul(cosine).add(low.mul(sine));
      return NDArrays.concat(new NDList(rotatedLow, rotatedHigh), 3);
    }
  }
}
