package org.sparkadept.emulated;

import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.kernel.ProjectionCase;
import org.sparkadept.gpu.kernel.TensorProjections;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The kernel for tensor cores, run in Java by {@link EmulatedGroup}. Not in a JVM with TornadoVM:
 * once a subclass of KernelContext is loaded there, calls of barriers and the like become virtual,
 * and TornadoVM compiles them wrongly or not at all. So the build runs this class in a JVM of its
 * own, and it has a package of its own, so that no search for tests in TornadoVM's JVM loads
 * EmulatedGroup.
 */
class TensorProjectionsInJavaTest {
  static Stream<int[]> shapes() {
    return ProjectionCase.shapes();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyTokenIsProjected(int[] shape) {
    Assumptions.assumeTrue(
        ModuleLayer.boot().findModule("tornado.runtime").isEmpty(),
        "skipped: it would spoil kernels that TornadoVM compiles in this JVM");
    ProjectionCase test = new ProjectionCase(shape, true, true);
    FloatArray products = test.products();
    EmulatedGroup.run(
        test.across,
        test.down,
        TensorProjections.GROUP,
        context ->
            TensorProjections.projectTokens(
                context,
                test.parameters,
                LaunchParameters.section(0),
                test.slots,
                test.x,
                test.halves,
                test.vectors,
                products,
                test.y));
    test.assertDone();
  }
}
