package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.gpu.kernel.Norms;
import org.sparkadept.gpu.kernel.Positions;
import org.sparkadept.gpu.kernel.Projections;
import org.sparkadept.gpu.kernel.TensorProjections;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** What graphs of a layer have in common: norms, projections, positions. */
abstract class LayerGraph extends Graph {
  final ModelConfig config;

  LayerGraph(String name, ModelConfig config, SharedArrays arrays, GridScheduler scheduler) {
    super(name, arrays, scheduler);
    this.config = config;
  }

  /** The norm of the packed tokens' hidden states. */
  final void addNorm(String task, int section) {
    call.set(section, Norms.WIDTH, config.width());
    call.set(section, Norms.LAYER, config.norm() == NormKind.LAYER ? 1 : 0);
    tasks.task(
        task,
        Norms::normTokens,
        context,
        call.array(),
        section,
        arrays.tokens,
        arrays.hidden,
        arrays.weights.vectors,
        arrays.normed);
    groups(task, 1);
  }

  /** Where the norm's weight and bias are in this launch. */
  final void useNorm(int section, int weight, int bias) {
    call.set(section, Norms.WEIGHT, weight);
    call.set(section, Norms.BIAS, bias);
  }

  /** A projection, on tensor cores where they are used. */
  final void addProjection(
      String task,
      int section,
      int in,
      int out,
      int epilogue,
      FloatArray from,
      TornadoNativeArray weights,
      FloatArray to) {
    if (arrays.products == null) {
      addPlainProjection(task, section, in, out, epilogue, from, weights, to);
      return;
    }
    setProjection(section, in, out, epilogue, from);
    tasks.task(
        task,
        TensorProjections::projectTokens,
        context,
        call.array(),
        section,
        arrays.tokens,
        from,
        (HalfFloatArray) weights,
        arrays.weights.vectors,
        arrays.products,
        to);
    tiles(task, section, TileGrid.tensor());
  }

  /** A projection without tensor cores, by the kernel for the precision of the weights. */
  final void addPlainProjection(
      String task,
      int section,
      int in,
      int out,
      int epilogue,
      FloatArray from,
      TornadoNativeArray weights,
      FloatArray to) {
    setProjection(section, in, out, epilogue, from);
    if (weights instanceof HalfFloatArray halves) {
      tasks.task(
          task,
          Projections::projectTokensByHalves,
          context,
          call.array(),
          section,
          arrays.tokens,
          from,
          halves,
          arrays.weights.vectors,
          to);
    } else {
      tasks.task(
          task,
          Projections::projectTokens,
          context,
          call.array(),
          section,
          arrays.tokens,
          from,
          (FloatArray) weights,
          arrays.weights.vectors,
          to);
    }
    tiles(task, section, TileGrid.plain());
  }

  private void setProjection(int section, int in, int out, int epilogue, FloatArray from) {
    call.set(section, Projections.IN, in);
    call.set(section, Projections.OUT, out);
    call.set(section, Projections.EPILOGUE, epilogue);
    call.set(section, Projections.ACTIVATION, activation());
    call.set(section, Projections.IN_PLACE, from == arrays.hidden ? 1 : 0);
  }

  /** Where the projection's matrix and bias are in this launch. */
  final void useProjection(int section, int weight, int bias) {
    call.set(section, Projections.WEIGHT, weight);
    call.set(section, Projections.BIAS, bias);
  }

  /** Where the matrix of a layer is, which has as many elements as every layer's. */
  final void useLayer(int section, int layer, int bias) {
    int elements = call.get(section, Projections.IN) * call.get(section, Projections.OUT);
    useProjection(section, layer * elements, bias);
  }

  /** Head norms and rotary embedding, where the family has them. */
  final void addPositions(String task, int section, int heads, int stride, FloatArray heading) {
    if (!config.qkNorm() && config.learnedPositions()) {
      return;
    }
    call.set(section, Positions.HEADS, heads);
    call.set(section, Positions.HEAD_DIM, config.headDim());
    call.set(section, Positions.STRIDE, stride);
    call.set(section, Positions.ROTARY, config.learnedPositions() ? 0 : 1);
    call.set(section, Positions.IN_PLACE, heading == arrays.keyValues ? 1 : 0);
    tasks.task(
        task,
        Positions::positionHeads,
        context,
        call.array(),
        section,
        arrays.tokens,
        arrays.positions,
        heading,
        arrays.weights.vectors,
        arrays.weights.rotary);
    items(task, heads);
  }

  private int activation() {
    return switch (config.activation()) {
      case SILU -> Projections.SILU;
      case GELU -> Projections.GELU;
      case GELU_TANH -> Projections.GELU_TANH;
      case RELU -> Projections.RELU;
    };
  }
}
