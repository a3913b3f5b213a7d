package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.Positions;
import org.sparkadept.gpu.kernel.Projections;
import uk.ac.manchester.tornado.api.GridScheduler;

/** Keys and values of a layer, of tokens that have left: by the hidden state mapper. */
final class MapperGraph extends LayerGraph {
  private static final int MAP = Call.section(0);
  private static final int POSITION = Call.section(1);

  MapperGraph(ModelConfig config, SharedArrays arrays, GridScheduler scheduler) {
    super("mapper", config, arrays, scheduler);
    int both = 2 * config.keyWidth();
    addList();
    addProjection(
        "map",
        MAP,
        config.width(),
        both,
        Projections.STORE_IN_PLACE,
        arrays.hidden,
        arrays.weights.mappers,
        arrays.keyValues);
    addPositions("position", POSITION, config.kvHeads(), both, arrays.keyValues);
  }

  void use(int layer, int exit) {
    useProjection(
        MAP, arrays.weights.mapper(exit, layer + 1), arrays.weights.mapperBias(exit, layer + 1));
    call.set(POSITION, Positions.NORM, arrays.weights.layer(layer).keyNorm());
  }
}
