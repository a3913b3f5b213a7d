package org.sparkadept.training.export;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.training.data.LabelledRow;
import org.sparkadept.training.evaluate.Evaluator;
import org.sparkadept.training.evaluate.ExitOutcomes;
import org.sparkadept.training.tune.TunedModel;

/** Exit heads and the policy {@code confidence} for a model that was trained. */
public final class ConfidencePolicy {
  /** Any threshold will do while the validation rows are taken through every exit. */
  private static final float NEVER = 1;

  private ConfidencePolicy() {}

  /**
   * Writes the heads beside the backbone, then the threshold that the validation rows choose.
   *
   * @param directory the exported backbone
   * @param validation rows that the threshold is chosen by
   * @return what the exits answer on these rows
   */
  public static ExitOutcomes write(Path directory, TunedModel model, List<LabelledRow> validation) {
    writer(model, NEVER).write(directory);
    ExitOutcomes outcomes = Evaluator.evaluate(directory, validation);
    ExitOutcomes.AtThreshold chosen = outcomes.chooseThreshold();
    writer(model, (float) chosen.threshold())
        .figures("validation", figures(outcomes, chosen))
        .write(directory);
    return outcomes;
  }

  private static AdeptWriter writer(TunedModel model, float threshold) {
    int[] exitLayers = model.exits().exitLayers().stream().mapToInt(Integer::intValue).toArray();
    AdeptWriter writer =
        new AdeptWriter(model.labels(), exitLayers, PolicyKind.CONFIDENCE, threshold);
    model
        .heads()
        .forEach(head -> writer.head(head.exitLayer(), head.input(), head.weight(), head.bias()));
    return writer;
  }

  private static Map<String, Object> figures(
      ExitOutcomes outcomes, ExitOutcomes.AtThreshold chosen) {
    double[] accuracies = new double[outcomes.exits()];
    Arrays.setAll(accuracies, outcomes::accuracy);
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("rows", outcomes.rows());
    figures.put("exit_accuracy", accuracies);
    figures.put("tolerated_accuracy_loss", ExitOutcomes.TOLERATED_LOSS);
    figures.put("accuracy", chosen.accuracy());
    figures.put("agreement_with_full_depth", chosen.agreement());
    figures.put("mean_exit_layer", chosen.meanExitLayer());
    return figures;
  }
}
