package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.gpu.kernel.Attention;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.kernel.Norms;
import org.sparkadept.gpu.kernel.TokenPolicies;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The graphs of token exits: the token policy's inputs, the policy, and the exit. */
final class TokenExitGraphs {
  private static final int SECTION = LaunchParameters.section(0);

  private TokenExitGraphs() {}

  /**
   * The attention weights of the class tokens that {@link BlockGraph} has just run, whose slots and
   * queries it uses.
   */
  static final class ClassAttention extends Graph {
    ClassAttention(ResidentArrays arrays, GridScheduler scheduler) {
      super("classattention", arrays, scheduler);
      setAttention(SECTION);
      tasks.task(
          "weights",
          Attention::classTokenAttention,
          context,
          parameters.array(),
          SECTION,
          arrays.slots,
          arrays.positions,
          arrays.queries,
          arrays.keyValues,
          arrays.classAttention);
      groups("weights", 1);
    }

    void use(int layer) {
      parameters.set(SECTION, Attention.WINDOW, config.slidingWindow(layer));
    }
  }

  /**
   * The token policy, for the tokens that {@link BlockGraph} has just run, whose slots and queries
   * it uses.
   */
  static final class Policy extends Graph {
    /** {@code [7]}: weights and bias of the policy. */
    private final FloatArray policy = new FloatArray(TokenFeatures.COUNT + 1);

    Policy(ResidentArrays arrays, GridScheduler scheduler) {
      super("tokenpolicy", arrays, scheduler);
      parameters.set(SECTION, TokenPolicies.WIDTH, config.width());
      parameters.set(SECTION, TokenPolicies.QUERY_WIDTH, config.queryWidth());
      parameters.set(SECTION, TokenPolicies.KEY_WIDTH, config.keyWidth());
      tasks.transferToDevice(DataTransferMode.EVERY_EXECUTION, policy);
      tasks.task(
          "score",
          TokenPolicies::scoreTokens,
          context,
          parameters.array(),
          SECTION,
          arrays.slots,
          arrays.savedStates,
          arrays.hidden,
          arrays.queries,
          arrays.keyValues,
          arrays.classAttention,
          policy,
          arrays.preference);
      groups("score", 1);
    }

    void use(TokenPolicy used) {
      for (int i = 0; i < TokenFeatures.COUNT; i++) {
        policy.set(i, used.weight()[i]);
      }
      policy.set(TokenFeatures.COUNT, used.bias());
    }
  }

  /** The exit of the tokens that the policy selects. */
  static final class Exit extends Graph {
    /** {@code [1]}: τ_t. */
    final FloatArray threshold = new FloatArray(1);

    /** {@code [1]}: ε of the norm. */
    private final FloatArray epsilon = new FloatArray(1);

    /** {@code [packed]}: 1 for each token that exits, else 0. */
    final IntArray exited;

    Exit(ResidentArrays arrays, MemoryPlan plan, GridScheduler scheduler) {
      super("tokenexit", arrays, scheduler);
      exited = new IntArray(plan.launchTokens());
      parameters.set(SECTION, TokenPolicies.WIDTH, config.width());
      parameters.set(SECTION, TokenPolicies.LAYER_NORM, layerNorm());
      epsilon.set(Norms.EPSILON, config.norms().eps());
      tasks.transferToDevice(DataTransferMode.EVERY_EXECUTION, threshold, epsilon);
      addCompaction();
      tasks.task(
          "exit",
          TokenPolicies::exitTokens,
          context,
          parameters.array(),
          SECTION,
          arrays.slots,
          threshold,
          arrays.preference,
          epsilon,
          arrays.hidden,
          arrays.exitLayers,
          exited);
      groups("exit", 1);
      addOutput(exited);
    }
  }
}
