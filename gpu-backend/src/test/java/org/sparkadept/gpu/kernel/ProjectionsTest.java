package org.sparkadept.gpu.kernel;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.compute.WeightPrecision;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.WorkerGrid;

class ProjectionsTest {
  static Stream<Arguments> shapesAndPrecisions() {
    return Stream.of(WeightPrecision.F32, WeightPrecision.F16)
        .flatMap(precision -> ProjectionCase.shapes().map(shape -> Arguments.of(precision, shape)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("shapesAndPrecisions")
  void everyTokenIsProjected(WeightPrecision precision, int[] shape) {
    TestDevice.withOrSkip(precision);
    boolean halved = precision == WeightPrecision.F16;
    ProjectionCase test = new ProjectionCase(shape, halved, false);
    WorkerGrid grid = KernelRun.squares(test.across, test.down, Projections.GROUP);
    int section = Call.section(0);
    if (halved) {
      KernelRun.run(
          grid,
          (graph, context) ->
              graph.task(
                  "kernel",
                  Projections::projectTokensByHalves,
                  context,
                  test.call,
                  section,
                  test.places,
                  test.x,
                  test.halves,
                  test.vectors,
                  test.y),
          test.call,
          test.places,
          test.x,
          test.halves,
          test.vectors,
          test.y);
    } else {
      KernelRun.run(
          grid,
          (graph, context) ->
              graph.task(
                  "kernel",
                  Projections::projectTokens,
                  context,
                  test.call,
                  section,
                  test.places,
                  test.x,
                  test.weights,
                  test.vectors,
                  test.y),
          test.call,
          test.places,
          test.x,
          test.weights,
          test.vectors,
          test.y);
    }
    test.assertDone();
  }
}
