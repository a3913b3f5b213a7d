package org.sparkadept.training.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.Map;

/** Additive causal masks for grouped queries, made once for every row length. */
final class CausalMask {
  private static final float HIDDEN = -1e9f;

  private final NDManager manager;
  private final int group;
  private final Map<Integer, NDArray> masks = new HashMap<>();

  CausalMask(NDManager manager, int group) {
    this.manager = manager;
    this.group = group;
  }

  /** The mask {@code [group * time, time]}: 0 where a query may look, else a large negative. */
  NDArray get(int time) {
    return masks.computeIfAbsent(time, this::create);
  }

  private NDArray create(int time) {
    float[] values = new float[group * time * time];
    for (int query = 0; query < group * time; query++) {
      for (int key = query % time + 1; key < time; key++) {
        values[query * time + key] = HIDDEN;
      }
    }
    return manager.create(values, new Shape((long) group * time, time));
  }
}
