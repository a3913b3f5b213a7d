package org.sparkadept.decoder.fit;

import java.util.function.IntFunction;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.model.LinearTensors;
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
public final class TokenRegret {
  private final FitModel model;
  private final ModelConfig config;
  private final RowCost cost;
  private final int exitLayer;
  private final Projection[] mappers;

  /**
   * @param model the backbone
   * @param exitLayer e, from 1
   * @param mapper the hidden state mapper of e by layer above, both from 1
   */
  public TokenRegret(FitModel model, int exitLayer, IntFunction<LinearTensors> mapper) {
    this.model = model;
    this.config = model.config();
    this.exitLayer = exitLayer;
    cost = new RowCost(config, config.layers());
    mappers = new Projection[config.layers() - exitLayer];
    for (int i = 0; i < mappers.length; i++) {
      mappers[i] = Projection.of(mapper.apply(exitLayer + 1 + i));
    }
  }

  /**
   * One token.
   *
   * @param features φ {@code [6]} of {@link TokenFeatures}
   * @param regret as above
   * @param saved share of the row's floating-point operations
   */
  public record Token(double[] features, double regret, double saved) {}

  /** The row's tokens, the class token aside. */
  public Token[] of(FitRow row) {
    int count = row.tokens() - 1;
    double[] regret = new double[count];
    for (int layer = exitLayer + 1; layer <= config.layers(); layer++) {
      addLayer(row, layer, regret);
    }
    double[][] features = features(row);
    double whole = cost.fullDepth(row.tokens(), ExitHead.Input.CLASS_TOKEN, 2);
    Token[] tokens = new Token[count];
    for (int t = 0; t < count; t++) {
      long saved = 0;
      for (int layer = exitLayer; layer < config.layers() - 1; layer++) {
        saved += cost.otherToken(layer, t);
      }
      tokens[t] = new Token(features[t], regret[t], saved / whole);
    }
    return tokens;
  }

  private void addLayer(FitRow row, int layer, double[] regret) {
    float[][] own = row.keyValues(layer);
    float[][] plain = row.plainStates(exitLayer);
    double[] attention = row.attention(layer);
    double squares = 0;
    for (float[] keyValue : own) {
      squares += TokenFeatures.squares(keyValue, 0, keyValue.length);
    }
    double rms = Math.max(1e-12, Math.sqrt(squares / own.length));
    for (int t = 0; t < regret.length; t++) {
      float[] made = mappers[layer - exitLayer - 1].apply(plain[t]);
      double error = 0;
      for (int i = 0; i < made.length; i++) {
        double difference = (double) made[i] - own[t][i];
        error += difference * difference;
      }
      regret[t] += attention[t] * Math.sqrt(error) / rms;
    }
  }

  /** φ of each token but the class token after the exit layer. */
  double[][] features(FitRow row) {
    float[][] own = row.keyValues(exitLayer);
    double[] attention = row.attention(exitLayer);
    double[][] features = new double[row.tokens() - 1][TokenFeatures.COUNT];
    int half = config.keyWidth();
    int width = config.width();
    for (int t = 0; t < features.length; t++) {
      float[] query = row.query(exitLayer, t);
      float[] key = model.key(own[t], exitLayer);
      double[] squares = {
        TokenFeatures.squares(query, 0, query.length),
        TokenFeatures.squares(key, 0, key.length),
        TokenFeatures.squares(own[t], half, half)
      };
      float[] before = row.states()[exitLayer - 1];
      float[] after = row.states()[exitLayer];
      TokenFeatures.fill(
          before, t * width, after, t * width, width, squares, attention[t], features[t]);
    }
    return features;
  }
}
