package org.sparkadept.gpu.graph;

import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.kernel.Projections;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** An exit head at class tokens. Its few scores decide which rows exit: without tensor cores. */
final class ExitHeadGraph extends LayerGraph {
  private static final int NORM = LaunchParameters.section(0);
  private static final int HEAD = LaunchParameters.section(1);

  /** {@code [packed, outputs]}. */
  final FloatArray scores;

  ExitHeadGraph(ResidentArrays arrays, MemoryPlan plan, GridScheduler scheduler) {
    super("head", arrays, scheduler);
    scores = new FloatArray(plan.scoreFloats());
    addCompaction();
    addNorm("norm", NORM);
    addPlainProjection(
        new Projection(
            "project",
            HEAD,
            config.width(),
            1,
            Projections.STORE,
            arrays.normed,
            arrays.weights.heads,
            scores));
    useNorm(NORM, arrays.weights.finalNorm(), arrays.weights.finalNormBias());
    addOutput(scores);
  }

  void use(int exitLayer, int outputs) {
    parameters.set(HEAD, Projections.OUT, outputs);
    useProjection(HEAD, arrays.weights.head(exitLayer), arrays.weights.headBias(exitLayer));
  }
}
