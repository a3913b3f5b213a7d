package org.sparkadept.decoder.engine;

import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.exit.ExitPolicy;

/**
 * How the layers are run, known before any row is: so that a row goes the same way in any batch.
 * Layers count from 0.
 *
 * @param exits whether rows may leave after a layer; always after the last
 * @param tokenExits whether other tokens may leave after a layer
 * @param split whether a layer runs its class tokens and its other tokens apart
 * @param classFirst whether the class token first of all, before it is known who goes on
 */
record LayerPlan(boolean[] exits, boolean[] tokenExits, boolean[] split, boolean classFirst) {

  static LayerPlan of(ModelSource source, ExitPolicy policy, boolean classTokenFirst) {
    int layers = source.config().layers();
    boolean[] exits = new boolean[layers];
    boolean[] tokenExits = new boolean[layers];
    boolean[] split = new boolean[layers];
    for (int layer = 0; layer < layers; layer++) {
      boolean last = layer == layers - 1;
      exits[layer] = last || (policy.early() && source.heads().containsKey(layer + 1));
      tokenExits[layer] = source.tokenExits().policies().containsKey(layer + 1);
      split[layer] =
          last || (classTokenFirst && exits[layer]) || layer + 1 >= source.tokenExits().first();
    }
    return new LayerPlan(exits, tokenExits, split, classTokenFirst);
  }

  int layers() {
    return exits.length;
  }

  /** One more than the last layer that runs together with {@code layer}, which is not split. */
  int segmentEnd(int layer) {
    int end = layer + 1;
    while (!exits[end - 1] && !split[end]) {
      end++;
    }
    return end;
  }
}
