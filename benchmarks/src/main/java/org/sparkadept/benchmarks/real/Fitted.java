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
 * @param heads its exits as static read-outs
 */
record Fitted(
    int reference,
    double referenceAccuracy,
    double accuracy,
    double agreement,
    double compute,
    boolean certified,
    List<ReadOut> heads) {

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
      List<ReadOut> heads = new ArrayList<>();
      List<ExitHead.Input> inputs = new ArrayList<>();
      for (JsonNode exit : evaluation.required("exits")) {
        int layer = exit.required("layer").asInt();
        if (!parts.ensemble()) {
          inputs.clear();
        }
        inputs.add(parts.headInput(layer));
        heads.add(
            new ReadOut(
                layer,
                parts.headInput(layer).toString(),
                Double.NaN,
                exit.required("head_accuracy").asDouble(),
                costs.share(layer, inputs.toArray(ExitHead.Input[]::new))));
      }
      return new Fitted(
          parts.exitLayers()[parts.exitLayers().length - 1],
          evaluation.required("full_depth_accuracy").asDouble(),
          evaluation.required("accuracy").asDouble(),
          evaluation.required("agreement").asDouble(),
          evaluation.required("compute_of_checkpoint").asDouble(),
          parts.policy() != PolicyKind.NONE,
          heads);
    }
  }

  /** The best of its heads on the test rows. */
  ReadOut bestHead() {
    return ReadOut.best(heads);
  }
}
