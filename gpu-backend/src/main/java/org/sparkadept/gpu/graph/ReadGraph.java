package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.Projections;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Exit scores of class tokens. They decide who leaves, and are few: no tensor cores. */
final class ReadGraph extends LayerGraph {
  private static final int NORM = Call.section(0);
  private static final int HEAD = Call.section(1);

  /** {@code [packed, outputs]}. */
  final FloatArray scores;

  ReadGraph(ModelConfig config, SharedArrays arrays, Sizes sizes, GridScheduler scheduler) {
    super("read", config, arrays, scheduler);
    scores = new FloatArray(sizes.scoreFloats());
    addList();
    addNorm("norm", NORM);
    addPlainProjection(
        "head",
        HEAD,
        config.width(),
        1,
        Projections.STORE,
        arrays.normed,
        arrays.weights.heads,
        scores);
    useNorm(NORM, arrays.weights.finalNorm(), arrays.weights.finalNormBias());
    addReceipt();
    tasks.transferToHost(DataTransferMode.UNDER_DEMAND, scores);
  }

  void use(int exitLayer, int outputs) {
    call.set(HEAD, Projections.OUT, outputs);
    useProjection(HEAD, arrays.weights.head(exitLayer), arrays.weights.headBias(exitLayer));
  }
}
