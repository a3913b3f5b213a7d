package org.sparkadept.gpu.graph;

import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.kernel.Projections;
import org.sparkadept.gpu.kernel.RotaryEmbedding;
import org.sparkadept.gpu.weights.Weights;
import org.sparkadept.gpu.weights.Weights.LayerOffsets;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Keys and values of a layer: of active tokens by the layer's own projection, of exited tokens by
 * the hidden state mapper.
 */
final class KeyValueGraph extends LayerGraph {
  private static final int NORM = LaunchParameters.section(0);
  private static final int PROJECTION = LaunchParameters.section(1);
  private static final int ROTARY = LaunchParameters.section(2);

  private KeyValueGraph(String name, ResidentArrays arrays, GridScheduler scheduler) {
    super(name, arrays, scheduler);
    addCompaction();
  }

  /** The graph of active tokens. */
  static KeyValueGraph active(ResidentArrays arrays, GridScheduler scheduler) {
    KeyValueGraph graph = new KeyValueGraph("keyvalue", arrays, scheduler);
    graph.addNorm("norm", NORM);
    graph.addKeysAndValues(arrays.normed, arrays.weights.keyValue);
    return graph;
  }

  /** The graph of exited tokens. */
  static KeyValueGraph mapper(ResidentArrays arrays, GridScheduler scheduler) {
    KeyValueGraph graph = new KeyValueGraph("mapper", arrays, scheduler);
    graph.addKeysAndValues(arrays.hidden, arrays.weights.mappers);
    return graph;
  }

  private void addKeysAndValues(FloatArray x, TornadoNativeArray weights) {
    int both = 2 * config.keyWidth();
    addProjection(
        new Projection(
            "project",
            PROJECTION,
            config.width(),
            both,
            Projections.STORE_BY_SLOT,
            x,
            weights,
            arrays.keyValues));
    addRotaryEmbedding("rotary", ROTARY, config.kvHeads(), both, arrays.keyValues);
  }

  /** Selects a layer, counted from 0, of the graph of active tokens. */
  void use(int layer) {
    LayerOffsets offsets = arrays.weights.layer(layer);
    useNorm(NORM, offsets.attentionNorm(), offsets.attentionNormBias());
    useLayer(PROJECTION, layer, offsets.keyValue());
    parameters.set(ROTARY, RotaryEmbedding.NORM, offsets.keyNorm());
  }

  /** Selects a layer, counted from 0, and the exit layer that tokens come from. */
  void useMapper(int layer, int exitLayer) {
    Weights weights = arrays.weights;
    useProjection(
        PROJECTION, weights.mapper(exitLayer, layer + 1), weights.mapperBias(exitLayer, layer + 1));
    parameters.set(ROTARY, RotaryEmbedding.NORM, weights.layer(layer).keyNorm());
  }
}
