package org.sparkadept.gpu.weights;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** All vectors of a model, norms, biases and policies, one behind the other. */
final class Vectors {
  private final List<float[]> vectors = new ArrayList<>();
  private final Map<float[], Integer> places = new IdentityHashMap<>();
  private int size;

  /** Adds a vector, if it is not there; returns where it begins, -1 for null. */
  int add(float[] vector) {
    if (vector == null) {
      return -1;
    }
    Integer place = places.putIfAbsent(vector, size);
    if (place != null) {
      return place;
    }
    vectors.add(vector);
    size += vector.length;
    return size - vector.length;
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
