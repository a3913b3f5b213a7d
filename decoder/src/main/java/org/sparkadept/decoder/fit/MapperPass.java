package org.sparkadept.decoder.fit;

import java.util.List;
import java.util.TreeMap;
import org.sparkadept.decoder.compute.FitSession;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * Sums up what the hidden state mappers of several exit layers are solved from, layer by layer: a
 * wave's products in single precision, totals in double precision. Class tokens are left out, since
 * they never exit on their own.
 */
public final class MapperPass implements WavePass {
  private final int layers;

  /** By exit layer, from 0. */
  private final TreeMap<Integer, MapperSums> sums = new TreeMap<>();

  private final float[] products;

  /**
   * @param config the shape of the model
   * @param exitLayers from 1, ascending
   * @param layers the last layer that is mapped to, from 1
   */
  public MapperPass(ModelConfig config, List<Integer> exitLayers, int layers) {
    this.layers = layers;
    exitLayers.forEach(exit -> sums.put(exit - 1, new MapperSums(exit, layers, config)));
    int inputs = config.width() + 1;
    products = new float[inputs * Math.max(inputs, 2 * config.keyWidth())];
  }

  /** The sums so far, by exit layer. */
  public List<MapperSums> sums() {
    return List.copyOf(sums.values());
  }

  @Override
  public void wave(FitSession session, TokenRows rows) {
    session.begin(rows);
    for (int layer = 0; layer < layers; layer++) {
      addOutputs(session, rows, layer);
      if (layer < layers - 1) {
        session.run(layer);
      }
      if (sums.containsKey(layer)) {
        session.keep();
        session.sumInputs(layer, products);
        sums.get(layer).addInputs(products);
      }
    }
  }

  private void addOutputs(FitSession session, TokenRows rows, int layer) {
    if (sums.firstKey() >= layer) {
      return;
    }
    session.open(layer);
    double squares = squares(session, rows);
    for (int exit : sums.headMap(layer).keySet()) {
      session.sumOutputs(exit, products);
      sums.get(exit).addOutputs(layer + 1, products, squares);
    }
  }

  private static double squares(FitSession session, TokenRows rows) {
    float[] squares = new float[rows.tokens()];
    session.readOutputSquares(squares);
    double sum = 0;
    for (int row = 0; row < rows.size(); row++) {
      for (int t = rows.start(row); t < rows.classToken(row); t++) {
        sum += squares[t];
      }
    }
    return sum;
  }
}
