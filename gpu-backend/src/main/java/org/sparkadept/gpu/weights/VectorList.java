package org.sparkadept.gpu.weights;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Collects vectors one after the other, each once. The first is ε of the norms. */
final class VectorList {
  private final List<float[]> vectors = new ArrayList<>();
  private final Map<float[], Integer> offsets = new IdentityHashMap<>();
  private int size;

  VectorList(float normEps) {
    add(new float[] {normEps});
  }

  /** Adds a vector, unless it is there already; returns its offset, -1 for null. */
  int add(float[] vector) {
    if (vector == null) {
      return -1;
    }
    Integer offset = offsets.putIfAbsent(vector, size);
    if (offset != null) {
      return offset;
    }
    vectors.add(vector);
    size += vector.length;
    return size - vector.length;
  }

  /** Offset of a vector that was added; -1 for null. */
  int offset(float[] vector) {
    return vector == null ? -1 : offsets.get(vector);
  }

  FloatArray toArray() {
    FloatArray array = new FloatArray(size);
    int at = 0;
    for (float[] vector : vectors) {
      for (float value : vector) {
        array.set(at++, value);
      }
    }
    return array;
  }
}
