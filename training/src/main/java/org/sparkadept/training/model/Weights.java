package org.sparkadept.training.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** The tensors of one model, by {@link WeightName}. */
public final class Weights {
  private static final double EMBEDDING_DEVIATION = 0.02;
  private static final double GAIN = 0.6;

  private final Map<String, NDArray> arrays = new LinkedHashMap<>();

  private Weights() {}

  /**
   * Draws initial weights: embeddings with deviation 0.02, matrices with 0.6 / sqrt(inputs), less
   * by sqrt(2 layers) where a matrix writes to the residual stream, norms 1, biases 0.
   *
   * @param manager owns the arrays
   * @param seed the same seed gives the same weights on every machine
   */
  public static Weights initial(NDManager manager, ModelShape model, long seed) {
    Random random = new Random(seed);
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Map.Entry<String, Shape> entry : WeightName.shapes(model).entrySet()) {
      values.put(entry.getKey(), draw(entry.getKey(), entry.getValue(), model, random));
    }
    return of(manager, model, values);
  }

  private static float[] draw(String name, Shape shape, ModelShape model, Random random) {
    float[] values = new float[Math.toIntExact(shape.size())];
    if (name.endsWith("norm")) {
      Arrays.fill(values, 1);
      return values;
    }
    if (name.equals(WeightName.EXIT_BIAS)) {
      return values;
    }
    double deviation = GAIN / Math.sqrt(shape.get(shape.dimension() - 1));
    if (name.equals(WeightName.EMBEDDING)) {
      deviation = EMBEDDING_DEVIATION;
    } else if (name.endsWith("attention_output") || name.endsWith("down")) {
      deviation /= Math.sqrt(2.0 * model.layers());
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  /**
   * Makes weights from given values.
   *
   * @param values row-major values by name
   * @throws IllegalArgumentException if a tensor is missing or has another size
   */
  public static Weights of(NDManager manager, ModelShape model, Map<String, float[]> values) {
    Weights weights = new Weights();
    for (Map.Entry<String, Shape> entry : WeightName.shapes(model).entrySet()) {
      float[] given = values.get(entry.getKey());
      if (given == null || given.length != entry.getValue().size()) {
        throw new IllegalArgumentException(
            entry.getKey() + " has to be of shape " + entry.getValue());
      }
      weights.arrays.put(entry.getKey(), manager.create(given, entry.getValue()));
    }
    return weights;
  }

  /** Weights of the same shapes, all 0. */
  public static Weights zeros(NDManager manager, ModelShape model) {
    Weights weights = new Weights();
    for (Map.Entry<String, Shape> entry : WeightName.shapes(model).entrySet()) {
      weights.arrays.put(entry.getKey(), manager.zeros(entry.getValue()));
    }
    return weights;
  }

  /** The names in their fixed order. */
  public Set<String> names() {
    return arrays.keySet();
  }

  /** The array of a name. */
  public NDArray get(String name) {
    return arrays.get(name);
  }

  /** Copies all values out, row-major. */
  public Map<String, float[]> values() {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Map.Entry<String, NDArray> entry : arrays.entrySet()) {
      values.put(entry.getKey(), entry.getValue().toFloatArray());
    }
    return values;
  }

  /** Lets gradients be collected for all arrays. */
  public void requireGradients() {
    for (NDArray array : arrays.values()) {
      array.setRequiresGradient(true);
    }
  }
}
