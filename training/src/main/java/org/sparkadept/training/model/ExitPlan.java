package org.sparkadept.training.model;

import java.util.List;
import org.sparkadept.decoder.exit.ExitHead;

/**
 * What is cut out of a backbone, and what of it is trained.
 *
 * @param exitLayers layers with an exit head, from 1, ascending; the model is cut after the last
 * @param input what heads read
 * @param loraRank rank of the change of each projection (Hu et al. 2021), the only weights besides
 *     heads that are then trained; 0 to train all
 * @param trainEmbedding whether the token embedding is trained
 */
public record ExitPlan(
    List<Integer> exitLayers, ExitHead.Input input, int loraRank, boolean trainEmbedding) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if exit layers do not ascend from 1 on, or the rank is
   *     negative
   */
  public ExitPlan {
    exitLayers = List.copyOf(exitLayers);
    int before = 0;
    for (int layer : exitLayers) {
      if (layer <= before) {
        throw new IllegalArgumentException("exit layers have to ascend from 1 on: " + exitLayers);
      }
      before = layer;
    }
    if (before == 0 || loraRank < 0) {
      throw new IllegalArgumentException("exit layers " + exitLayers + ", rank " + loraRank);
    }
  }

  /** Number of layers that are kept: the deepest exit layer, which is the reference. */
  public int depth() {
    return exitLayers.get(exitLayers.size() - 1);
  }

  /** Number of exits. */
  public int exits() {
    return exitLayers.size();
  }

  /** Inputs of a head. */
  public int features(int width) {
    return input.size(width);
  }
}
