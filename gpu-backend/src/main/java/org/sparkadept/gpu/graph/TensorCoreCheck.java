package org.sparkadept.gpu.graph;

import java.util.Optional;
import java.util.Random;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.kernel.Call;
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
 * Whether a device's tensor cores compute what its other kernels do: a projection of random numbers
 * that half precision holds, whose sizes fill no tile, by {@link TensorProjections} and by {@link
 * Projections}. No other thread may use TornadoVM meanwhile.
 */
public final class TensorCoreCheck {
  private static final String NAME = "tensorcheck";
  private static final int SECTION = Call.section(0);
  private static final int TOKENS = 70;
  private static final int IN = 90;
  private static final int OUT = 100;

  /** Of 1 and the sum's size; only the order of sums differs. */
  private static final float TOLERANCE = 1e-3f;

  private final Random random = new Random();
  private final KernelContext context = new KernelContext();
  private final IntArray call = new IntArray(Call.SIZE);
  private final IntArray tokens = new IntArray(TOKENS);
  private final FloatArray x = new FloatArray(TOKENS * IN);
  private final HalfFloatArray weights = new HalfFloatArray(OUT * IN);
  private final FloatArray vectors = new FloatArray(OUT);
  private final FloatArray expected = new FloatArray(TOKENS * OUT);
  private final FloatArray products = new FloatArray((int) TileGrid.elements(TOKENS, OUT));
  private final FloatArray y = new FloatArray(TOKENS * OUT);

  private TensorCoreCheck() {
    call.set(Call.TOKENS, TOKENS);
    call.set(SECTION + Projections.IN, IN);
    call.set(SECTION + Projections.OUT, OUT);
    call.set(SECTION + Projections.EPILOGUE, Projections.STORE);
    // What a device that fails leaves as it is.
    expected.init(Float.NaN);
    y.init(Float.NaN);
    for (int i = 0; i < TOKENS; i++) {
      tokens.set(i, i);
    }
    for (int i = 0; i < x.getSize(); i++) {
      x.set(i, half().getFloat32());
    }
    for (int i = 0; i < weights.getSize(); i++) {
      weights.set(i, half());
    }
    for (int i = 0; i < OUT; i++) {
      vectors.set(i, (float) random.nextGaussian());
    }
  }

  private HalfFloat half() {
    return new HalfFloat((float) random.nextGaussian());
  }

  /**
   * Why the device has no tensor cores for the kernels, or empty where it has.
   *
   * @throws AdeptException if it has some, but they fail or compute something else
   */
  public static Optional<String> absent(Device device) {
    Optional<String> reason = device.withoutTensorCores();
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
    Object[] arrays = {call, tokens, x, weights, vectors, expected, products, y};
    TaskGraph tasks =
        new TaskGraph(NAME)
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, context)
            .transferToDevice(DataTransferMode.EVERY_EXECUTION, arrays)
            .task(
                "plain",
                Projections::projectTokensByHalves,
                context,
                call,
                SECTION,
                tokens,
                x,
                weights,
                vectors,
                expected)
            .task(
                "tensor",
                TensorProjections::projectTokens,
                context,
                call,
                SECTION,
                tokens,
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

  /** Holds y to what was expected; what is not a number is not what was expected. */
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
