package org.sparkadept.decoder.exit;

import java.util.Collections;
import java.util.SortedMap;

/**
 * How tokens other than the class token leave in prefill.
 *
 * @param policies the token policy of each exit layer that has one, counted from 1; empty where
 *     tokens stay
 * @param threshold τ_t in (0, 1]
 * @param mapper makes their keys and values in the layers above; null where tokens stay
 */
public record TokenExits(
    SortedMap<Integer, TokenPolicy> policies, float threshold, HiddenStateMapper mapper) {

  /** Tokens stay. */
  public static final TokenExits NONE =
      new TokenExits(Collections.emptySortedMap(), Float.NaN, null);

  /** The first layer, counted from 1, after which tokens may leave; beyond all layers if never. */
  public int first() {
    return policies.isEmpty() ? Integer.MAX_VALUE : policies.firstKey();
  }
}
