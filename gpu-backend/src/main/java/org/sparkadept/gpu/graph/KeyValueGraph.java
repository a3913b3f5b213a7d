package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.kernel.Projections;
import org.sparkadept.gpu.kernel.RotaryEmbedding;
import org.sparkadept.gpu.weights.LayerWeights;
import org.sparkadept.gpu.weights.LayerWeights.LayerOffsets;
import org.sparkadept.gpu.weights.LinearWeights;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Keys and values of a layer: of active tokens by the layer's own projection, of exited tokens by
 * the hidden state mapper.
 */
abstract class KeyValueGraph extends LayerGraph {
  private static final int NORM = LaunchParameters.section(0);
  private static final int PROJECTION = LaunchParameters.section(1);
  private static final int ROTARY = LaunchParameters.section(2);

  /** Of active tokens. */
  static final class Active extends KeyValueGraph {
    private final LayerWeights weights;

    Active(ResidentArrays arrays, LayerWeights weights, GridScheduler scheduler) {
      super("keyvalue", arrays, scheduler, weights.vectors, weights.keyValue);
      this.weights = weights;
      addNorm("norm", NORM);
      addKeysAndValues(arrays.normed, weights.keyValue);
    }

    /** Selects a layer, counted from 0 over the model. */
    void use(int layer) {
      LayerOffsets offsets = weights.layer(layer);
      useNorm(NORM, offsets.attentionNorm(), offsets.attentionNormBias());
      useLayer(PROJECTION, weights.index(layer), offsets.keyValue());
      useHeadNorm(offsets.keyNorm());
    }
  }

  /** Of exited tokens. */
  static final class Mapped extends KeyValueGraph {
    private final LinearWeights weights;

    Mapped(ResidentArrays arrays, LinearWeights weights, GridScheduler scheduler) {
      super("mapper", arrays, scheduler, weights.vectors, weights.matrices);
      this.weights = weights;
      addKeysAndValues(arrays.hidden, weights.matrices);
    }

    /**
     * Selects a map.
     *
     * @param keyNorm weight of the norm of each head's key, or null; among the weights' vectors
     */
    void use(LinearTensors map, float[] keyNorm) {
      useProjection(PROJECTION, weights.offset(map), weights.vector(map.bias()));
      useHeadNorm(weights.vector(keyNorm));
    }
  }

  private KeyValueGraph(
      String name,
      ResidentArrays arrays,
      GridScheduler scheduler,
      FloatArray vectors,
      TornadoNativeArray matrices) {
    super(name, arrays, scheduler, vectors, vectors, matrices);
    addCompaction();
  }

  final void addKeysAndValues(FloatArray x, TornadoNativeArray matrices) {
    int both = 2 * config.keyWidth();
    addProjection(
        new Projection(
            "project",
            PROJECTION,
            config.width(),
            both,
            Projections.STORE_BY_SLOT,
            x,
            matrices,
            arrays.keyValues));
    addRotaryEmbedding("rotary", ROTARY, config.kvHeads(), both, arrays.keyValues);
  }

  final void useHeadNorm(int keyNorm) {
    parameters.set(ROTARY, RotaryEmbedding.NORM, keyNorm);
  }
}
