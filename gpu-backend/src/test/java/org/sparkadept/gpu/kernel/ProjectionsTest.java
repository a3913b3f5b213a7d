package org.sparkadept.gpu.kernel;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.gpu.TestDevice;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;

class ProjectionsTest {
  static Stream<Arguments> shapesAndPrecisions() {
    return Stream.of(Precision.F32, Precision.F16)
        .flatMap(precision -> ProjectionCase.shapes().map(shape -> Arguments.of(precision, shape)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("shapesAndPrecisions")
  void everyTokenIsProjected(Precision precision, int[] shape) {
    TestDevice.withOrSkip(precision);
    boolean half = precision == Precision.F16;
    ProjectionCase test = new ProjectionCase(shape, half, false);
    TaskPackage kernel =
        half
            ? TaskPackage.createPackage(
                "kernel",
                Projections::projectTokensHalf,
                new KernelContext(),
                test.parameters,
                LaunchParameters.section(0),
                test.slots,
                test.x,
                test.halves,
                test.vectors,
                test.y)
            : TaskPackage.createPackage(
                "kernel",
                Projections::projectTokens,
                new KernelContext(),
                test.parameters,
                LaunchParameters.section(0),
                test.slots,
                test.x,
                test.weights,
                test.vectors,
                test.y);
    KernelRun.run(KernelRun.squares(test.across, test.down, Projections.GROUP), kernel);
    test.assertDone();
  }
}
