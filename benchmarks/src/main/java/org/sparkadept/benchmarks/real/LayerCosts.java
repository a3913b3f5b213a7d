package org.sparkadept.benchmarks.real;

import java.util.Map;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * FLOPs of read-outs after a layer, as a share of those through all layers of the checkpoint. The
 * last layer runs for the class token alone in both.
 *
 * @param config the checkpoint's shape
 * @param rowsByTokens how many rows have how many tokens
 * @param labels number of labels
 */
record LayerCosts(ModelConfig config, Map<Integer, Integer> rowsByTokens, int labels) {
  /**
   * @param layer from 1
   * @param inputs what each head reads that is evaluated
   */
  double share(int layer, ExitHead.Input... inputs) {
    return (double) flops(layer, inputs) / flops(config.layers(), ExitHead.Input.CLASS_TOKEN);
  }

  /** Operations of all rows. */
  long flops(int layer, ExitHead.Input... inputs) {
    RowCost cost = new RowCost(config, layer);
    long sum = 0;
    for (Map.Entry<Integer, Integer> entry : rowsByTokens.entrySet()) {
      sum += entry.getValue() * cost.fullDepth(entry.getKey(), labels, inputs);
    }
    return sum;
  }
}
