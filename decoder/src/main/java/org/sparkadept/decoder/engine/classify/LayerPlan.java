package org.sparkadept.decoder.engine.classify;

/**
 * How the layers are run, decided before any row is known, so that a row goes the same way in any
 * batch. Layers count from 0.
 *
 * @param reads whether a head is read after a layer; always after the last
 * @param exits whether rows may exit after a layer; always after the last
 * @param tokenExits whether other tokens may exit after a layer
 * @param split whether a layer runs its class tokens and its other tokens apart
 * @param averages whether the tokens are averaged before a layer, for the head after it
 */
record LayerPlan(
    boolean[] reads, boolean[] exits, boolean[] tokenExits, boolean[] split, boolean[] averages) {
  static LayerPlan of(ClassifyPlan plan) {
    int layers = plan.layers();
    boolean[] reads = new boolean[layers];
    boolean[] exits = new boolean[layers];
    boolean[] tokenExits = new boolean[layers];
    boolean[] split = new boolean[layers];
    boolean[] averages = new boolean[layers];
    for (int layer = 0; layer < layers; layer++) {
      boolean last = layer == layers - 1;
      boolean hasHead = plan.heads().containsKey(layer);
      exits[layer] = last || (hasHead && plan.policy().early());
      reads[layer] = exits[layer] || (hasHead && plan.ensemble());
      tokenExits[layer] = plan.tokenExits().policies().containsKey(layer);
      split[layer] =
          last || (plan.classTokenFirst() && exits[layer]) || layer >= plan.tokenExits().first();
      averages[layer] = reads[layer] && plan.readsMean(layer);
    }
    return new LayerPlan(reads, exits, tokenExits, split, averages);
  }

  int layers() {
    return exits.length;
  }

  /** Number of layers after which rows may exit. */
  int exitCount() {
    int count = 0;
    for (boolean exit : exits) {
      count += exit ? 1 : 0;
    }
    return count;
  }

  /** One more than the last layer that runs together with {@code layer}, which is not split. */
  int segmentEnd(int layer) {
    int end = layer + 1;
    while (!reads[end - 1] && !split[end] && !averages[end]) {
      end++;
    }
    return end;
  }
}
