package org.sparkadept.training.tune;

import java.util.List;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.training.model.ExitPlan;
import org.sparkadept.training.optimize.LossSettings;
import org.sparkadept.training.optimize.Optimization;
import org.sparkadept.training.torch.Precision;

/**
 * How a backbone is tuned.
 *
 * @param exits what is kept and what of it is trained
 * @param loss what is minimised
 * @param optimization how
 * @param precision number format of products
 * @param threads threads of PyTorch
 * @param patience epochs without a better one on the validation rows after which a run ends
 */
public record TuneSettings(
    ExitPlan exits,
    LossSettings loss,
    Optimization optimization,
    Precision precision,
    int threads,
    int patience) {

  /**
   * The defaults.
   *
   * @param exitLayers layers with an exit head, from 1, ascending
   */
  public static TuneSettings of(List<Integer> exitLayers) {
    return new TuneSettings(
        new ExitPlan(exitLayers, ExitHead.Input.CLASS_TOKEN_AND_MEAN, 0, false),
        LossSettings.defaults(),
        Optimization.defaults(),
        Precision.of("auto"),
        Runtime.getRuntime().availableProcessors(),
        2);
  }
}
