package org.sparkadept.gpu.graph;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.weights.Weights;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The arrays that all graphs of a model share on the device. */
final class SharedArrays {
  final Weights weights;

  /**
   * {@code [tokens of the arena, width]}: the residual stream; what is left of tokens that left.
   */
  final FloatArray hidden;

  /** {@code [tokens of the arena, 2 · keyWidth]}: keys and values of the layer that runs. */
  final FloatArray keyValues;

  /** {@code [tokens of the arena]}: the exit layer after which each token left, or 0. */
  final IntArray leftAfter;

  /** {@code [tokens of the arena]}: what the class token of its row paid to each token. */
  final FloatArray paid;

  /** {@code [tokens of the arena]}: the token policy's π. */
  final FloatArray preference;

  /** {@code [packed]}: each packed token's place in the arena. */
  final IntArray tokens;

  /** {@code [packed]}: its position in its row. */
  final IntArray positions;

  /** {@code [packed, width]}. */
  final FloatArray normed;

  /** {@code [packed, width]}: hidden states before a layer with a token policy. */
  final FloatArray before;

  /** {@code [packed, queryWidth]}. */
  final FloatArray queries;

  /** {@code [packed, queryWidth]}: what the queries saw. */
  final FloatArray seen;

  /** {@code [packed, mlpWidth]}: inside the MLP. */
  final FloatArray inner;

  /** {@code [tiles, TILE, TILE]}: what tensor cores computed; null where they are not used. */
  final FloatArray products;

  SharedArrays(ModelConfig config, Weights weights, Sizes sizes, boolean tensorCores) {
    this.weights = weights;
    hidden = new FloatArray(sizes.arenaTokens() * config.width());
    keyValues = new FloatArray(sizes.arenaTokens() * 2 * config.keyWidth());
    leftAfter = new IntArray(sizes.arenaTokens());
    paid = new FloatArray(sizes.arenaTokens());
    preference = new FloatArray(sizes.arenaTokens());
    tokens = new IntArray(sizes.launchTokens());
    positions = new IntArray(sizes.launchTokens());
    normed = new FloatArray(Math.multiplyExact(sizes.launchTokens(), config.width()));
    before = new FloatArray(Math.multiplyExact(sizes.launchTokens(), config.width()));
    queries = new FloatArray(Math.multiplyExact(sizes.launchTokens(), config.queryWidth()));
    seen = new FloatArray(Math.multiplyExact(sizes.launchTokens(), config.queryWidth()));
    inner = new FloatArray(Math.multiplyExact(sizes.launchTokens(), config.mlpWidth()));
    products = tensorCores ? new FloatArray(Math.toIntExact(sizes.products(config))) : null;
  }

  /** All of them. */
  List<TornadoNativeArray> all() {
    List<TornadoNativeArray> all = new ArrayList<>(weights.matrices());
    all.addAll(weights.floats());
    all.addAll(List.of(hidden, keyValues, paid, preference));
    all.addAll(List.of(normed, before, queries, seen, inner));
    all.addAll(List.of(leftAfter, tokens, positions));
    if (products != null) {
      all.add(products);
    }
    return all;
  }
}
