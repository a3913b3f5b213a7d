package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.kernel.Projections;
import org.sparkadept.gpu.weights.LinearWeights;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Exit heads at class tokens. Their few scores decide which rows exit: without tensor cores. */
final class ExitHeadGraph extends LayerGraph {
  private static final int NORM = LaunchParameters.section(0);
  private static final int HEAD = LaunchParameters.section(1);

  private final LinearWeights weights;

  /** {@code [packed, outputs]}. */
  final FloatArray scores;

  ExitHeadGraph(
      ResidentArrays arrays,
      LinearWeights weights,
      NormTensors finalNorm,
      int scoreFloats,
      GridScheduler scheduler) {
    super("head", arrays, scheduler, weights.vectors, weights.vectors, weights.matrices);
    this.weights = weights;
    scores = new FloatArray(scoreFloats);
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
            weights.matrices,
            scores));
    useNorm(NORM, weights.vector(finalNorm.weight()), weights.vector(finalNorm.bias()));
    addOutput(scores);
  }

  void use(LinearTensors head) {
    parameters.set(HEAD, Projections.OUT, head.weight().rows());
    useProjection(HEAD, weights.offset(head), weights.vector(head.bias()));
  }
}
