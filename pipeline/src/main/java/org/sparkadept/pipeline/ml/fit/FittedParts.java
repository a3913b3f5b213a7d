package org.sparkadept.pipeline.ml.fit;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkadept.decoder.adept.AdeptWriter;

/** What is fitted so far; written into drafts on the way and into the model at the end. */
final class FittedParts {
  /** {@code W·x + b}: {@code weight [out, in]} and {@code bias [out]}. */
  record Linear(float[] weight, float[] bias) implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /** The exit policy at one exit: u, w and b of {@code AdeptPolicy}. */
  record Policy(float[] state, float[] readout, float bias) {}

  /** The token policy at one exit, and its mapper by layer above. */
  record Tokens(float[] weight, float bias, TreeMap<Integer, Linear> mapper) {}

  private static final int READOUTS = 4;

  final List<String> labels;
  final int[] exitLayers;
  final int width;
  final boolean ownHead;
  final TreeMap<Integer, Linear> heads = new TreeMap<>();
  final TreeMap<Integer, Policy> policies = new TreeMap<>();
  final TreeMap<Integer, Tokens> tokens = new TreeMap<>();
  float tokenThreshold = Float.NaN;

  /**
   * @param width of a hidden state
   * @param ownHead whether the checkpoint has a head of its own, which is then the last exit's
   */
  FittedParts(List<String> labels, int[] exitLayers, int width, boolean ownHead) {
    this.labels = List.copyOf(labels);
    this.exitLayers = exitLayers;
    this.width = width;
    this.ownHead = ownHead;
  }

  int layers() {
    return exitLayers[exitLayers.length - 1];
  }

  /**
   * Writes the {@code adept} files into a directory with the checkpoint. What is not fitted yet is
   * zero: heads that know nothing, policies that prefer nothing.
   *
   * @param withTokens whether tokens leave
   * @param facts of the policy, such as λ and β
   * @param figures further blocks
   */
  void write(
      Path directory,
      String policyKind,
      float threshold,
      boolean withTokens,
      Map<String, Double> facts,
      Map<String, Map<String, Object>> figures) {
    AdeptWriter writer = new AdeptWriter(labels, exitLayers, policyKind, threshold);
    facts.forEach(writer::policyFact);
    for (int layer : exitLayers) {
      if (layer < layers() || !ownHead) {
        Linear head =
            heads.getOrDefault(
                layer, new Linear(new float[labels.size() * width], new float[labels.size()]));
        writer.tensor("exit." + layer + ".weight", head.weight, labels.size(), width);
        writer.tensor("exit." + layer + ".bias", head.bias, labels.size());
      }
      if (layer < layers()) {
        Policy policy =
            policies.getOrDefault(layer, new Policy(new float[width], new float[READOUTS], 0));
        writer.tensor("policy." + layer + ".state", policy.state, width);
        writer.tensor("policy." + layer + ".readout", policy.readout, READOUTS);
        writer.tensor("policy." + layer + ".bias", new float[] {policy.bias}, 1);
      }
    }
    if (!tokens.isEmpty()) {
      writer.tokenPolicy(
          tokenThreshold, tokens.keySet().stream().mapToInt(e -> e).toArray(), withTokens);
      tokens.forEach((layer, at) -> addTokens(writer, layer, at));
    }
    figures.forEach(writer::figures);
    writer.write(directory);
  }

  private void addTokens(AdeptWriter writer, int layer, Tokens at) {
    writer.tensor("token." + layer + ".weight", at.weight, at.weight.length);
    writer.tensor("token." + layer + ".bias", new float[] {at.bias}, 1);
    at.mapper.forEach(
        (above, linear) -> {
          String name = "mapper." + layer + "." + above;
          writer.tensor(name + ".weight", linear.weight, linear.bias.length, width);
          writer.tensor(name + ".bias", linear.bias, linear.bias.length);
        });
  }
}
