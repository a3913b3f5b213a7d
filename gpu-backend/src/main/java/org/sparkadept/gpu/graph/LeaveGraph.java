package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.TokenPolicies;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Lets tokens leave, and tells which. */
final class LeaveGraph extends Graph {
  private static final int LEAVE = Call.section(0);

  /** {@code [1]}: τ_t. */
  final FloatArray threshold = new FloatArray(1);

  /** {@code [packed]}: 1 for each that leaves. */
  final IntArray gone;

  LeaveGraph(ModelConfig config, SharedArrays arrays, Sizes sizes, GridScheduler scheduler) {
    super("leave", arrays, scheduler);
    gone = new IntArray(sizes.launchTokens());
    call.set(LEAVE, TokenPolicies.WIDTH, config.width());
    call.set(LEAVE, TokenPolicies.LAYER, config.norm() == NormKind.LAYER ? 1 : 0);
    tasks.transferToDevice(DataTransferMode.EVERY_EXECUTION, threshold);
    addList();
    tasks.task(
        "leave",
        TokenPolicies::leaveTokens,
        context,
        call.array(),
        LEAVE,
        arrays.tokens,
        threshold,
        arrays.preference,
        arrays.weights.vectors,
        arrays.hidden,
        arrays.leftAfter,
        gone);
    groups("leave", 1);
    addReceipt();
    tasks.transferToHost(DataTransferMode.UNDER_DEMAND, gone);
  }
}
