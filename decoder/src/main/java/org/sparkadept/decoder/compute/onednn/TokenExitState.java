package org.sparkadept.decoder.compute.onednn;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.ModelConfig;

/** Which tokens of a wave have exited, and what the token policy says of the others. */
final class TokenExitState {
  private static final int[] NO_EXITS = {0};

  private final int width;
  private final int queryWidth;
  private final int keyWidth;
  private final int[] exitedAfter;
  private final double[] features = new double[TokenFeatures.COUNT];
  private final double[] squares = new double[3];
  private int[] exitLayers = NO_EXITS;
  private float[] attention = {};
  private float[] preference = {};
  private float[] before = {};
  private float[] after = {};
  private float[] query = {};
  private float[] keyValue = {};

  TokenExitState(ModelConfig config, int tokens) {
    width = config.width();
    queryWidth = config.queryWidth();
    keyWidth = config.keyWidth();
    exitedAfter = new int[tokens];
  }

  /** How many layers a token of the wave went through before it exited; 0 while it goes on. */
  int exitOf(int token) {
    return exitedAfter[token];
  }

  /** All values of {@link #exitOf}, ascending. */
  int[] exitLayers() {
    return exitLayers;
  }

  /** {@code [tokens]}: attention of its row's class token to each token in the layer. */
  float[] attention() {
    if (attention.length == 0) {
      attention = new float[exitedAfter.length];
    }
    return attention;
  }

  /** Keeps the states of a tile before a layer. */
  void before(FloatPointer tile) {
    if (before.length == 0) {
      before = new float[LinearKernel.TILE * width];
      after = new float[LinearKernel.TILE * width];
      query = new float[LinearKernel.TILE * queryWidth];
      keyValue = new float[LinearKernel.TILE * 2 * keyWidth];
      preference = new float[exitedAfter.length];
    }
    tile.get(before, 0, before.length);
  }

  /** Evaluates the policy for the tokens of a tile, from their states after the layer. */
  void after(
      TokenPolicy policy,
      FloatPointer tile,
      FloatPointer queries,
      KeyValues keyValues,
      TokenBatch batch,
      int first) {
    tile.get(after, 0, after.length);
    queries.get(query, 0, query.length);
    int count = batch.inTile(first);
    keyValues.get(batch, first, count, keyValue);
    for (int i = 0; i < count; i++) {
      int token = batch.token(first + i);
      int keys = i * 2 * keyWidth;
      squares[0] = TokenFeatures.squares(query, i * queryWidth, queryWidth);
      squares[1] = TokenFeatures.squares(keyValue, keys, keyWidth);
      squares[2] = TokenFeatures.squares(keyValue, keys + keyWidth, keyWidth);
      int at = i * width;
      TokenFeatures.fill(before, at, after, at, width, squares, attention[token], features);
      preference[token] = policy.value(features);
    }
  }

  /** Whether a token that has gone on so far exits now. */
  boolean exits(int token, float threshold) {
    return exitedAfter[token] == 0 && preference[token] >= threshold;
  }

  void exit(int token, int exitLayer) {
    exitedAfter[token] = exitLayer;
    if (exitLayers[exitLayers.length - 1] < exitLayer) {
      exitLayers = Arrays.copyOf(exitLayers, exitLayers.length + 1);
      exitLayers[exitLayers.length - 1] = exitLayer;
    }
  }
}
