package org.sparkadept.emulated;

import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.ProjectionCase;
import org.sparkadept.gpu.kernel.TensorProjections;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The kernel for tensor cores computes what it should if {@link EmulatedGroup} runs it. Not in a
 * JVM with TornadoVM: there a subclass of its KernelContext, once loaded, makes calls of barriers
 * and the like virtual, and TornadoVM compiles them to nothing or not at all. So the build gives
 * this class a JVM of its own, and it has a package of its own, so that no search for tests in
 * TornadoVM's JVM loads EmulatedGroup.
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
                test.call,
                Call.section(0),
                test.places,
                test.x,
                test.halves,
                test.vectors,
                products,
                test.y));
    test.assertDone();
  }
}
