package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.Positions;
import org.sparkadept.gpu.kernel.Projections;
import org.sparkadept.gpu.weights.LayerPlaces;
import uk.ac.manchester.tornado.api.GridScheduler;

/** Keys and values of a layer, of tokens that have not left. */
final class KeyValueGraph extends LayerGraph {
  private static final int NORM = Call.section(0);
  private static final int KEY_VALUE = Call.section(1);
  private static final int POSITION = Call.section(2);

  KeyValueGraph(ModelConfig config, SharedArrays arrays, GridScheduler scheduler) {
    super("keyvalue", config, arrays, scheduler);
    int both = 2 * config.keyWidth();
    addList();
    addNorm("norm", NORM);
    addProjection(
        "project",
        KEY_VALUE,
        config.width(),
        both,
        Projections.STORE_IN_PLACE,
        arrays.normed,
        arrays.weights.keyValue,
        arrays.keyValues);
    addPositions("position", POSITION, config.kvHeads(), both, arrays.keyValues);
  }

  void use(int layer) {
    LayerPlaces places = arrays.weights.layer(layer);
    useNorm(NORM, places.attentionNorm(), places.attentionNormBias());
    useLayer(KEY_VALUE, layer, places.keyValue());
    call.set(POSITION, Positions.NORM, places.keyNorm());
  }
}
