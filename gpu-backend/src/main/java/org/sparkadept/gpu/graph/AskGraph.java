package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.TokenPolicies;
import uk.ac.manchester.tornado.api.GridScheduler;

/**
 * Asks the token policy about the tokens that {@link BlockGraph} has just run, whose list and
 * queries are there, and whose states before it {@link KeepGraph} kept.
 */
final class AskGraph extends Graph {
  private static final int ASK = Call.section(0);

  AskGraph(ModelConfig config, SharedArrays arrays, GridScheduler scheduler) {
    super("ask", arrays, scheduler);
    call.set(ASK, TokenPolicies.WIDTH, config.width());
    call.set(ASK, TokenPolicies.QUERY_WIDTH, config.queryWidth());
    call.set(ASK, TokenPolicies.KEY_WIDTH, config.keyWidth());
    tasks.task(
        "ask",
        TokenPolicies::askPolicy,
        context,
        call.array(),
        ASK,
        arrays.tokens,
        arrays.before,
        arrays.hidden,
        arrays.queries,
        arrays.keyValues,
        arrays.paid,
        arrays.weights.vectors,
        arrays.preference);
    groups("ask", 1);
  }

  void use(int exitLayer) {
    call.set(ASK, TokenPolicies.POLICY, arrays.weights.policy(exitLayer));
  }
}
