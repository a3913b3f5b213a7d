package org.sparkadept.gpu.graph;

import java.util.Optional;
import java.util.Random;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.kernel.Projections;
import org.sparkadept.gpu.kernel.TensorProjections;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoDeviceMMANotSupported;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Checks that a device's tensor cores compute what its other kernels do: runs a projection of
 * random numbers, whose sizes fill no tile, with {@link TensorProjections} and with {@link
 * Projections}. No other thread may use TornadoVM meanwhile.
 */
public final class TensorCoreCheck {
  private static final String NAME = "tensorcheck";
  private static final int SECTION = LaunchParameters.section(0);
  private static final int TOKENS = 70;
  private static final int IN = 90;
  private static final int OUT = 100;

  /** Tolerance, absolute and relative: only the order of sums differs. */
  private static final float TOLERANCE = 1e-3f;

  private final Random random = new Random();
  private final KernelContext context = new KernelContext();
  private final IntArray parameters = new IntArray(LaunchParameters.SIZE);
  private final IntArray slots = new IntArray(TOKENS);
  private final FloatArray x = new FloatArray(TOKENS * IN);
  private final HalfFloatArray weights = new HalfFloatArray(OUT * IN);
  private final FloatArray vectors = new FloatArray(OUT);
  private final FloatArray expected = new FloatArray(TOKENS * OUT);
  private final FloatArray products = new FloatArray((int) TileGrid.elements(TOKENS, OUT));
  private final FloatArray y = new FloatArray(TOKENS * OUT);

  private TensorCoreCheck() {
    parameters.set(LaunchParameters.TOKENS, TOKENS);
    parameters.set(SECTION + Projections.IN, IN);
    parameters.set(SECTION + Projections.OUT, OUT);
    parameters.set(SECTION + Projections.EPILOGUE, Projections.STORE);
    // A device that fails leaves these unchanged.
    expected.init(Float.NaN);
    y.init(Float.NaN);
    for (int i = 0; i < TOKENS; i++) {
      slots.set(i, i);
    }
    for (int i = 0; i < x.getSize(); i++) {
      x.set(i, randomHalf().getFloat32());
    }
    for (int i = 0; i < weights.getSize(); i++) {
      weights.set(i, randomHalf());
    }
    for (int i = 0; i < OUT; i++) {
      vectors.set(i, (float) random.nextGaussian());
    }
  }

  private HalfFloat randomHalf() {
    return new HalfFloat((float) random.nextGaussian());
  }

  /**
   * Why the kernels cannot use tensor cores on the device; empty if they can.
   *
   * @throws AdeptException if the device has tensor cores, but they fail or compute something else
   */
  public static Optional<String> problem(Device device) {
    Optional<String> reason = device.missingTensorCores();
    if (reason.isEmpty()) {
      try {
        new TensorCoreCheck().run(device);
      } catch (RuntimeException | TornadoInternalError e) {
        reason = Optional.of(notSupported(e).orElseThrow(() -> failed(device, e)));
      }
    }
    return reason;
  }

  private static Optional<String> notSupported(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof TornadoDeviceMMANotSupported) {
        return Optional.of(cause.getMessage());
      }
    }
    return Optional.empty();
  }

  private static AdeptException failed(Device device, Throwable error) {
    return new AdeptException(
        "the check of the tensor cores of device " + device + " failed: " + error.getMessage(),
        error);
  }

  private void run(Device device) {
    Object[] arrays = {parameters, slots, x, weights, vectors, expected, products, y};
    TaskGraph tasks =
        new TaskGraph(NAME)
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, context)
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, arrays)
            .task(
                "plain",
                Projections::projectTokensHalf,
                context,
                parameters,
                SECTION,
                slots,
                x,
                weights,
                vectors,
                expected)
            .task(
                "tensor",
                TensorProjections::projectTokens,
                context,
                parameters,
                SECTION,
                slots,
                x,
                weights,
                vectors,
                products,
                y)
            .transferToHost(DataTransferMode.EVERY_EXECUTION, expected, y);
    TileGrid plain = TileGrid.plain();
    plain.fit(TOKENS, OUT);
    TileGrid tensor = TileGrid.tensor();
    tensor.fit(TOKENS, OUT);
    GridScheduler scheduler = new GridScheduler();
    scheduler.addWorkerGrid(NAME + ".plain", plain.grid());
    scheduler.addWorkerGrid(NAME + ".tensor", tensor.grid());
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(tasks.snapshot())) {
      plan.withDevice(device.handle()).withGridScheduler(scheduler).execute();
    } catch (TornadoExecutionPlanException e) {
      throw new IllegalStateException(e);
    }
    compare(expected, y);
  }

  /** Compares y to the expected values; fails on NaN. */
  static void compare(FloatArray expected, FloatArray y) {
    for (int i = 0; i < y.getSize(); i++) {
      float tolerance = TOLERANCE * (1 + Math.abs(expected.get(i)));
      if (!(Math.abs(y.get(i) - expected.get(i)) <= tolerance)) {
        throw new IllegalStateException(
            String.format(
                "W·x is %s, but without them %s, for token %d and output %d",
                y.get(i), expected.get(i), i / OUT, i % OUT));
      }
    }
  }
}
