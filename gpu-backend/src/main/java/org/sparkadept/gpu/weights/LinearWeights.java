package org.sparkadept.gpu.weights;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkadept.decoder.model.LinearTensors;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The weights of projections beside the layers: of exit heads, or of hidden state mappers. */
public final class LinearWeights {
  private final Map<LinearTensors, Integer> offsets = new IdentityHashMap<>();
  private final VectorList all;

  /** {@code [outputs, width]} for each projection, one after the other. */
  public final TornadoNativeArray matrices;

  /** ε, then biases and the other vectors. */
  public final FloatArray vectors;

  /**
   * Reads the weights.
   *
   * @param linears the projections, told apart by identity
   * @param normEps ε of the norms
   * @param others vectors that the projections' kernels need, too; null elements are skipped
   * @param halfPrecision whether matrices are in half precision
   * @throws OutOfHalfRangeException if a weight is beyond half precision
   */
  public LinearWeights(
      Collection<LinearTensors> linears,
      float normEps,
      List<float[]> others,
      boolean halfPrecision) {
    matrices = WeightSizes.linears("", linears, 0, halfPrecision).get("").allocate();
    all = new VectorList(normEps);
    int at = 0;
    for (LinearTensors linear : linears) {
      MatrixCopy.copy(linear.weight(), matrices, at);
      offsets.put(linear, at);
      at += linear.weight().rows() * linear.weight().cols();
      all.add(linear.bias());
    }
    others.forEach(all::add);
    vectors = all.toArray();
  }

  /**
   * Refuses a matrix that cannot be held in half precision.
   *
   * @throws OutOfHalfRangeException if a weight is beyond half precision
   */
  public static void requireHalfRange(LinearTensors linear) {
    MatrixCopy.requireHalfRange(linear.weight());
  }

  /** The projections. */
  public Set<LinearTensors> linears() {
    return offsets.keySet();
  }

  /** Offset of a projection's matrix, in elements. */
  public int offset(LinearTensors linear) {
    return offsets.get(linear);
  }

  /** Offset of one of the vectors, for instance of a bias; -1 for null. */
  public int vector(float[] vector) {
    return all.offset(vector);
  }
}
