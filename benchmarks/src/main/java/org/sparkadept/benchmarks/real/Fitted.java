package org.sparkadept.benchmarks.real;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.benchmarks.real.StaticReadOuts.ReadOut;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.PolicyKind;

/**
 * A model that was made, measured by {@code adept evaluate} on the test rows.
 *
 * @param reference layer where its full depth ends, from 1
 * @param referenceAccuracy accuracy there
 * @param accuracy of its answers
 * @param agreement share of the answers that are the reference's
 * @param compute FLOPs as a share of the checkpoint's full depth
 * @param certified whether a threshold was found that keeps the guarantee
 * @param exits its exits as static read-outs
 */
record Fitted(
    int reference,
    double referenceAccuracy,
    double accuracy,
    double agreement,
    double compute,
    boolean certified,
    List<ReadOut> exits) {

  /**
   * Reads what there is of a model.
   *
   * @param report folder of {@code adept evaluate}'s reports
   * @param model its directory
   * @param costs of the checkpoint's layers on the test rows
   */
  static Fitted read(Path report, Path model, LayerCosts costs) throws IOException {
    JsonNode evaluation = new ObjectMapper().readTree(report.resolve("evaluation.json").toFile());
    try (ModelDirectory directory = ModelDirectory.open(model)) {
      AdeptParts parts = directory.adept().orElseThrow();
      List<ReadOut> exits = new ArrayList<>();
      List<ExitHead.Input> inputs = new ArrayList<>();
      for (JsonNode exit : evaluation.required("exits")) {
        int layer = exit.required("layer").asInt();
        inputs.add(parts.headInput(layer));
        ExitHead.Input[] read =
            RowCost.headsRead(parts.ensemble(), inputs.toArray(ExitHead.Input[]::new));
        exits.add(
            new ReadOut(
                layer,
                parts.headInput(layer).toString(),
                Double.NaN,
                exit.required("head_accuracy").asDouble(),
                costs.share(layer, read)));
      }
      return new Fitted(
          parts.exitLayers()[parts.exitLayers().length - 1],
          evaluation.required("full_depth_accuracy").asDouble(),
          evaluation.required("accuracy").asDouble(),
          evaluation.required("agreement").asDouble(),
          evaluation.required("compute_of_checkpoint").asDouble(),
          parts.policy() != PolicyKind.NONE,
          exits);
    }
  }

  /** The best of its exits on the test rows. */
  ReadOut bestExit() {
    return ReadOut.best(exits);
  }
}
