package org.sparkadept.decoder.fit;

import java.util.TreeMap;
import java.util.function.Consumer;
import org.sparkadept.decoder.compute.FitSession;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * What the exit of a token costs and saves. The token's keys and values in the layers above are
 * then the mapper's and no longer its own; the class token c feels that as far as it attends:
 *
 * <pre>{@code
 * regret_{e,j} = Σ_{l>e} a_{l,c→j} · ‖R_{e,l}·n(h_{e,j}) + r_{e,l} − [k_l; v_l]_j‖ / rms_l
 * }</pre>
 *
 * with {@code a} the attention of layer l, mean over heads, and {@code rms_l} the root mean square
 * over the row's tokens of {@code ‖[k_l; v_l]‖}. It saves what the token takes in the layers e+1 to
 * L−1, as a share of the row's full depth.
 */
public final class RegretPass implements WavePass {
  private final ModelConfig config;
  private final int layers;
  private final RowCost cost;
  private final TokenExits exits;
  private final Consumer<Token> observer;

  /**
   * One token after one exit layer.
   *
   * @param exitLayer e, from 1
   * @param features φ {@code [6]} of {@link TokenFeatures}
   * @param regret as above
   * @param saved share of the row's floating-point operations
   */
  public record Token(int exitLayer, double[] features, double regret, double saved) {}

  /**
   * @param config the shape of the model
   * @param layers L, the layers of full depth
   * @param exits the exit layers, which have a token policy, and the mapper
   * @param observer sees every token but class tokens, after every exit layer
   */
  public RegretPass(ModelConfig config, int layers, TokenExits exits, Consumer<Token> observer) {
    this.config = config;
    this.layers = layers;
    this.exits = exits;
    this.observer = observer;
    cost = new RowCost(config, layers);
  }

  /** A wave's tokens after one exit layer. */
  private record Exited(double[][] features, double[] regret) {}

  @Override
  public void wave(FitSession session, TokenRows rows) {
    TreeMap<Integer, Exited> exited = new TreeMap<>();
    float[] attention = new float[rows.tokens()];
    session.begin(rows);
    for (int layer = 0; layer < layers; layer++) {
      boolean exitLayer = exits.policies().containsKey(layer);
      if (exitLayer || !exited.isEmpty()) {
        session.open(layer);
        session.readAttention(attention);
        addRegret(session, rows, layer, attention, exited);
      }
      if (exitLayer) {
        exited.put(
            layer, new Exited(features(session, layer, attention), new double[rows.tokens()]));
        session.keep();
      } else if (layer < layers - 1) {
        session.run(layer);
      }
    }
    exited.forEach((layer, tokens) -> show(rows, layer, tokens));
  }

  private void addRegret(
      FitSession session,
      TokenRows rows,
      int layer,
      float[] attention,
      TreeMap<Integer, Exited> exited) {
    float[] squares = new float[rows.tokens()];
    session.readOutputSquares(squares);
    double[] weights = new double[rows.tokens()];
    for (int row = 0; row < rows.size(); row++) {
      double sum = 0;
      for (int t = rows.start(row); t <= rows.classToken(row); t++) {
        sum += squares[t];
      }
      double rms = Math.max(1e-12, Math.sqrt(sum / rows.length(row)));
      for (int t = rows.start(row); t < rows.classToken(row); t++) {
        weights[t] = attention[t] / rms;
      }
    }
    exited.forEach(
        (exit, tokens) -> {
          session.readErrors(exit, exits.mapper().map(exit, layer), squares);
          for (int t = 0; t < weights.length; t++) {
            tokens.regret[t] += weights[t] > 0 ? weights[t] * Math.sqrt(squares[t]) : 0;
          }
        });
  }

  /** φ of each token of the wave; runs the layer, which is open. */
  private double[][] features(FitSession session, int layer, float[] attention) {
    int tokens = attention.length;
    int width = config.width();
    float[] squares = new float[3 * tokens];
    float[] before = new float[tokens * width];
    float[] after = new float[tokens * width];
    session.readAttentionSquares(squares);
    session.readStates(before);
    session.run(layer);
    session.readStates(after);
    double[][] features = new double[tokens][TokenFeatures.COUNT];
    for (int t = 0; t < tokens; t++) {
      double[] ofToken = {squares[3 * t], squares[3 * t + 1], squares[3 * t + 2]};
      int at = t * width;
      TokenFeatures.fill(before, at, after, at, width, ofToken, attention[t], features[t]);
    }
    return features;
  }

  private void show(TokenRows rows, int exit, Exited tokens) {
    for (int row = 0; row < rows.size(); row++) {
      double whole = cost.fullDepth(rows.length(row), 2, ExitHead.Input.CLASS_TOKEN);
      for (int t = rows.start(row); t < rows.classToken(row); t++) {
        long saved = 0;
        for (int layer = exit + 1; layer < layers - 1; layer++) {
          saved += cost.otherToken(layer, t - rows.start(row));
        }
        observer.accept(new Token(exit + 1, tokens.features[t], tokens.regret[t], saved / whole));
      }
    }
  }
}
