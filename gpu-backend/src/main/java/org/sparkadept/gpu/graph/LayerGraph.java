package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.AttentionConfig.QueryKeyNorm;
import org.sparkadept.gpu.kernel.Norms;
import org.sparkadept.gpu.kernel.Projections;
import org.sparkadept.gpu.kernel.RotaryEmbedding;
import org.sparkadept.gpu.kernel.TensorProjections;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The tasks that a layer consists of: norms, projections, rotary embedding. */
abstract class LayerGraph extends Graph {
  /**
   * A projection {@code y = W·x}.
   *
   * @param task name of the task
   * @param section its section of the launch parameters
   * @param in inputs
   * @param out outputs
   * @param epilogue a constant of {@link Projections}
   */
  record Projection(
      String task,
      int section,
      int in,
      int out,
      int epilogue,
      FloatArray x,
      TornadoNativeArray weights,
      FloatArray y) {}

  /** ε, norms and biases. */
  private final FloatArray vectors;

  /**
   * Begins a graph.
   *
   * @param vectors ε, norms and biases; it is among the weights
   * @param weights arrays that this graph alone uses
   */
  LayerGraph(
      String name,
      ResidentArrays arrays,
      GridScheduler scheduler,
      FloatArray vectors,
      TornadoNativeArray... weights) {
    super(name, arrays, scheduler, weights);
    this.vectors = vectors;
  }

  /** Adds the norm of the packed tokens' hidden states. */
  final void addNorm(String task, int section) {
    parameters.set(section, Norms.WIDTH, config.width());
    parameters.set(section, Norms.LAYER_NORM, layerNorm());
    tasks.task(
        task,
        Norms::normTokens,
        context,
        parameters.array(),
        section,
        arrays.slots,
        arrays.hidden,
        vectors,
        arrays.normed);
    groups(task, 1);
  }

  /** Sets the offsets of the norm's weight and bias. */
  final void useNorm(int section, int weight, int bias) {
    parameters.set(section, Norms.WEIGHT, weight);
    parameters.set(section, Norms.BIAS, bias);
  }

  /** Adds a projection, on tensor cores if they are used and its weights are halves. */
  final void addProjection(Projection projection) {
    if (arrays.products == null || !(projection.weights() instanceof HalfFloatArray halves)) {
      addPlainProjection(projection);
      return;
    }
    int section = setProjection(projection);
    tasks.task(
        projection.task(),
        TensorProjections::projectTokens,
        context,
        parameters.array(),
        section,
        arrays.slots,
        projection.x(),
        halves,
        vectors,
        arrays.products,
        projection.y());
    tiles(projection.task(), section, TileGrid.tensor());
  }

  /** Adds a projection without tensor cores, with the kernel for the precision of its weights. */
  final void addPlainProjection(Projection projection) {
    int section = setProjection(projection);
    if (projection.weights() instanceof HalfFloatArray halves) {
      tasks.task(
          projection.task(),
          Projections::projectTokensHalf,
          context,
          parameters.array(),
          section,
          arrays.slots,
          projection.x(),
          halves,
          vectors,
          projection.y());
    } else {
      tasks.task(
          projection.task(),
          Projections::projectTokens,
          context,
          parameters.array(),
          section,
          arrays.slots,
          projection.x(),
          (FloatArray) projection.weights(),
          vectors,
          projection.y());
    }
    tiles(projection.task(), section, TileGrid.plain());
  }

  private int setProjection(Projection projection) {
    int section = projection.section();
    parameters.set(section, Projections.IN, projection.in());
    parameters.set(section, Projections.OUT, projection.out());
    parameters.set(section, Projections.EPILOGUE, projection.epilogue());
    parameters.set(section, Projections.ACTIVATION, activation());
    parameters.set(section, Projections.BY_SLOT, projection.x() == arrays.hidden ? 1 : 0);
    return section;
  }

  private int activation() {
    return switch (config.activation()) {
      case SILU -> Projections.SILU;
      case GELU -> Projections.GELU;
      case GELU_TANH -> Projections.GELU_TANH;
      case RELU -> Projections.RELU;
    };
  }

  /** Sets the offsets of a projection's matrix and bias. */
  final void useProjection(int section, int weight, int bias) {
    parameters.set(section, Projections.WEIGHT, weight);
    parameters.set(section, Projections.BIAS, bias);
  }

  /**
   * Sets the offsets of a layer's matrix and bias, the matrices of all layers being of one size.
   *
   * @param index index of the layer in the weights
   */
  final void useLayer(int section, int index, int bias) {
    int elements =
        parameters.get(section, Projections.IN) * parameters.get(section, Projections.OUT);
    useProjection(section, index * elements, bias);
  }

  /** Adds head norms and the rotary embedding, if the family has them. */
  final void addRotaryEmbedding(String task, int section, int heads, int stride, FloatArray x) {
    if (config.attention().queryKeyNorm() == QueryKeyNorm.NONE && !config.hasRotary()) {
      return;
    }
    parameters.set(section, RotaryEmbedding.HEADS, heads);
    parameters.set(section, RotaryEmbedding.HEAD_DIM, config.headDim());
    parameters.set(section, RotaryEmbedding.STRIDE, stride);
    parameters.set(section, RotaryEmbedding.ROTARY, config.hasRotary() ? 1 : 0);
    parameters.set(section, RotaryEmbedding.BY_SLOT, x == arrays.keyValues ? 1 : 0);
    tasks.task(
        task,
        RotaryEmbedding::rotateHeads,
        context,
        parameters.array(),
        section,
        arrays.slots,
        arrays.positions,
        x,
        vectors,
        arrays.rotary);
    items(task, heads);
  }
}
