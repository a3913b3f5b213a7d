package org.sparkadept.pipeline.ml.fit;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.adept.MapperCorrection;
import org.sparkadept.decoder.exit.AdeptPolicy;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.pipeline.calibrate.Choice;

/**
 * The parts of ADEPT that are fitted so far; each pass of a fit returns a new draft with one more.
 *
 * @param labels label names, in the order of the heads' rows
 * @param rule how logits become an answer
 * @param exitLayers from 1; the last is the reference
 * @param backbone what is known of the backbone
 * @param heads exit heads by exit layer, without the checkpoint's own
 * @param ensemble whether the logits of an exit are the mean of those of all heads up to there
 * @param tokenThreshold threshold of the token policies; NaN where there are none
 * @param tokenExits token policies and mappers by exit layer; empty where no token leaves
 * @param policies exit policies by exit layer
 */
record ModelDraft(
    List<String> labels,
    LabelRule rule,
    int[] exitLayers,
    Backbone backbone,
    SortedMap<Integer, Head> heads,
    boolean ensemble,
    double tokenThreshold,
    SortedMap<Integer, TokenExit> tokenExits,
    SortedMap<Integer, AdeptPolicy.Weights> policies) {

  /** The files that a fit writes, in the order in which they are put in place. */
  static final List<String> FILES = List.of(AdeptFormat.TENSOR_FILE, AdeptFormat.JSON_FILE);

  /**
   * A backbone.
   *
   * @param width of a hidden state
   * @param layers of the checkpoint that it was cut from
   * @param ownHead the checkpoint's own head, which is the reference's; null without one
   * @param tunedSplit how the rows were split that it was tuned on; null where it was not
   * @param prompt what rows are written in for it; null where a row is its text
   */
  record Backbone(
      int width, int layers, Linear ownHead, AdeptParts.TunedSplit tunedSplit, Prompt prompt) {}

  /** An exit head and what it reads. */
  record Head(ExitHead.Input input, Linear linear) {}

  /**
   * The token policy at one exit, and its hidden state mapper.
   *
   * @param policy the token policy
   * @param mapper by layer above the exit, from 1; states are copied to layers that it lacks
   * @param mapperError relative error of the mapper's keys and values, mean over the layers above
   */
  record TokenExit(
      TokenPolicy policy, SortedMap<Integer, MapperCorrection> mapper, double mapperError) {}

  /** A draft before the first pass: at most with the heads that the model directory had. */
  static ModelDraft of(
      List<String> labels,
      LabelRule rule,
      int[] exitLayers,
      Backbone backbone,
      SortedMap<Integer, Head> heads,
      boolean ensemble) {
    return new ModelDraft(
        List.copyOf(labels),
        rule,
        exitLayers,
        backbone,
        heads,
        ensemble,
        Double.NaN,
        new TreeMap<>(),
        new TreeMap<>());
  }

  /**
   * The same with heads; the exit of the last of them is the reference, unless the checkpoint's own
   * head is that of the reference.
   */
  ModelDraft withHeads(SortedMap<Integer, Head> value) {
    int last = keepsOwnHead() ? reference() : value.lastKey();
    int[] exits = Arrays.stream(exitLayers).filter(layer -> layer <= last).toArray();
    return new ModelDraft(
        labels, rule, exits, backbone, value, ensemble, tokenThreshold, tokenExits, policies);
  }

  ModelDraft withRule(LabelRule value) {
    return new ModelDraft(
        labels, value, exitLayers, backbone, heads, ensemble, tokenThreshold, tokenExits, policies);
  }

  ModelDraft withPrompt(Prompt value) {
    Backbone prompted =
        new Backbone(
            backbone.width(), backbone.layers(), backbone.ownHead(), backbone.tunedSplit(), value);
    return new ModelDraft(
        labels, rule, exitLayers, prompted, heads, ensemble, tokenThreshold, tokenExits, policies);
  }

  ModelDraft withTokenExits(double threshold, SortedMap<Integer, TokenExit> value) {
    return new ModelDraft(
        labels, rule, exitLayers, backbone, heads, ensemble, threshold, value, policies);
  }

  ModelDraft withPolicies(SortedMap<Integer, AdeptPolicy.Weights> value) {
    return new ModelDraft(
        labels, rule, exitLayers, backbone, heads, ensemble, tokenThreshold, tokenExits, value);
  }

  /** The reference: the layer where full depth ends, from 1. */
  int reference() {
    return exitLayers[exitLayers.length - 1];
  }

  /** Whether the draft, and not the checkpoint, has the head of an exit layer. */
  boolean needsHead(int exitLayer) {
    return exitLayer < reference() || !keepsOwnHead();
  }

  /** Whether the checkpoint's own head is that of the reference. */
  boolean keepsOwnHead() {
    return backbone.ownHead() != null;
  }

  /** The head of an exit layer, be it the checkpoint's own. */
  Head head(int exitLayer) {
    return needsHead(exitLayer)
        ? heads.get(exitLayer)
        : new Head(ExitHead.Input.CLASS_TOKEN, backbone.ownHead());
  }

  /** Whether there is a head for every exit layer. */
  boolean hasAllHeads() {
    for (int layer : exitLayers) {
      if (needsHead(layer) && !heads.containsKey(layer)) {
        return false;
      }
    }
    return true;
  }

  /** What the head of an exit layer reads. */
  ExitHead.Input input(int exitLayer) {
    return heads.containsKey(exitLayer) ? heads.get(exitLayer).input() : ExitHead.Input.CLASS_TOKEN;
  }

  /** Length of what the head of an exit layer reads. */
  int inputs(int exitLayer) {
    return input(exitLayer).size(backbone.width());
  }

  boolean hasTokenExits() {
    return !tokenExits.isEmpty();
  }

  /**
   * Writes an unfinished model; each pass opens it with exits of its own. What is not fitted yet is
   * zero.
   *
   * @param directory the checkpoint
   */
  void write(Path directory) {
    writer(PolicyKind.ADEPT, 0.5f, hasTokenExits()).write(directory);
  }

  /**
   * Writes the finished model; its policy is {@code none} where no threshold was found.
   *
   * @param directory the checkpoint
   */
  void write(Path directory, Choice choice, FitSettings.PolicySettings policy) {
    writer(choice.found() ? choice.policy() : PolicyKind.NONE, choice.threshold(), choice.tokens())
        .policyFact("lambda", policy.lambda())
        .policyFact("beta", policy.beta())
        .calibration(choice.figures())
        .write(directory);
  }

  private AdeptWriter writer(PolicyKind policyKind, float threshold, boolean tokensLeave) {
    AdeptWriter writer = new AdeptWriter(labels, exitLayers, policyKind, threshold);
    writer
        .rule(rule)
        .ensemble(ensemble)
        .checkpointLayers(backbone.layers())
        .tunedSplit(backbone.tunedSplit())
        .prompt(backbone.prompt());
    for (int layer : exitLayers) {
      if (needsHead(layer)) {
        Linear head = heads.containsKey(layer) ? heads.get(layer).linear() : zeros(layer);
        writer.head(layer, input(layer), head.weight(), head.bias());
      }
      if (layer < reference()) {
        AdeptPolicy.Weights none =
            new AdeptPolicy.Weights(
                null, PolicyFit.FEATURES, new float[AdeptPolicy.READOUT_FEATURES], 0);
        writer.policy(layer, policies.getOrDefault(layer, none));
      }
    }
    if (hasTokenExits()) {
      int[] layers = tokenExits.keySet().stream().mapToInt(layer -> layer).toArray();
      writer.tokenExits((float) tokenThreshold, layers, tokensLeave);
    }
    tokenExits.forEach(
        (layer, exit) -> {
          writer.tokenPolicy(layer, exit.policy());
          exit.mapper().forEach((above, correction) -> writer.mapper(layer, above, correction));
        });
    return writer;
  }

  private Linear zeros(int exitLayer) {
    return new Linear(new float[labels.size() * inputs(exitLayer)], new float[labels.size()]);
  }
}
