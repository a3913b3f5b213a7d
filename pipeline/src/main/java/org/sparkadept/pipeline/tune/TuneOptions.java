package org.sparkadept.pipeline.tune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.training.model.ExitPlan;
import org.sparkadept.training.optimize.LossSettings;
import org.sparkadept.training.optimize.Optimization;
import org.sparkadept.training.torch.Precision;
import org.sparkadept.training.tune.TuneSettings;

/**
 * What is asked of a tuning; the rest has the defaults of {@link TuneSettings}.
 *
 * @param depth layer after which the backbone is cut, from 1; 0 for the default
 * @param exitLayers layers with an exit head, from 1, ascending; empty for the default
 * @param input what heads read
 * @param epochs passes over the train rows
 * @param learningRate peak learning rate of the backbone; NaN for the default
 * @param batchTokens most tokens of a step, padding counted
 * @param loraRank rank of LoRA; 0 to train all weights
 * @param balanced whether every label counts as much as the others
 * @param distilFrom model whose answers are learned, too; null for none
 * @param precision number format of products
 */
public record TuneOptions(
    int depth,
    List<Integer> exitLayers,
    ExitHead.Input input,
    int epochs,
    double learningRate,
    int batchTokens,
    int loraRank,
    boolean balanced,
    Path distilFrom,
    Precision precision) {
  /** Backbones of so many layers are not cut unless it is asked for. */
  private static final int SMALL_BACKBONE = 8;

  /** Exit layers are dense where a layer more changes much, and a few deep ones are enough. */
  private static final int[] LADDER = {2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64};

  /** A rung so near below the deepest exit is left out. */
  private static final double NEAR = 0.85;

  /** LoRA's few weights take larger steps. */
  private static final double LORA_LEARNING_RATE = 5e-4;

  /**
   * The settings for a backbone.
   *
   * @param layers of the backbone
   * @param multiLabel whether rows may have several labels
   * @throws AdeptException if depth and exit layers are not in it, or do not go together, or labels
   *     are to be balanced of which rows may have several
   */
  TuneSettings settings(int layers, boolean multiLabel) {
    if (balanced && multiLabel) {
      throw new AdeptException(
          "Labels are balanced (--class-weights balanced) where each row has one label; the label"
              + " column is ARRAY<STRING>. Leave it out: each label has a threshold of its own.");
    }
    TuneSettings defaults = TuneSettings.of(exits(layers));
    Optimization optimization =
        defaults
            .optimization()
            .withEpochs(epochs)
            .withBatchTokens(batchTokens)
            .withLearningRate(rate(defaults.optimization().learningRate()));
    LossSettings loss = balanced ? defaults.loss().withBalancedLabels() : defaults.loss();
    loss = multiLabel ? loss.withSeveralLabels() : loss;
    return new TuneSettings(
        new ExitPlan(exits(layers), input, loraRank, false),
        loss,
        optimization,
        precision,
        defaults.threads(),
        defaults.patience());
  }

  private double rate(double whole) {
    if (!Double.isNaN(learningRate)) {
      return learningRate;
    }
    return loraRank > 0 ? LORA_LEARNING_RATE : whole;
  }

  /** The exit layers; the last is the depth. */
  List<Integer> exits(int layers) {
    int deepest = depth(layers);
    if (exitLayers.isEmpty()) {
      List<Integer> chosen = new ArrayList<>();
      for (int rung : LADDER) {
        if (rung < NEAR * deepest) {
          chosen.add(rung);
        }
      }
      chosen.add(deepest);
      return chosen;
    }
    List<Integer> chosen = new ArrayList<>(exitLayers);
    int before = 0;
    for (int layer : chosen) {
      if (layer <= before || layer > deepest) {
        throw new AdeptException(
            String.format(
                "The exit layers (--exit-layers) must ascend and lie in 1 to %d, but are %s.",
                deepest, exitLayers));
      }
      before = layer;
    }
    if (before < deepest) {
      chosen.add(deepest);
    }
    return chosen;
  }

  private int depth(int layers) {
    if (depth > layers) {
      throw new AdeptException(
          "The depth (--depth) is " + depth + ", but the model has " + layers + " layers.");
    }
    if (depth > 0) {
      return depth;
    }
    if (!exitLayers.isEmpty()) {
      return Math.min(layers, exitLayers.get(exitLayers.size() - 1));
    }
    return layers <= SMALL_BACKBONE ? layers : (layers + 1) / 2;
  }
}
