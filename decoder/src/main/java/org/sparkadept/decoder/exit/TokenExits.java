package org.sparkadept.decoder.exit;

import java.util.Collections;
import java.util.SortedMap;

/**
 * How tokens other than the class token exit in prefill.
 *
 * @param policies the token policy of each exit layer that has one, from 0; empty where no token
 *     exits
 * @param threshold τ_t in (0, 1]
 * @param mapper makes their keys and values in the layers above; null where no token exits
 */
public record TokenExits(
    SortedMap<Integer, TokenPolicy> policies, float threshold, HiddenStateMapper mapper) {

  /** No token exits. */
  public static final TokenExits NONE =
      new TokenExits(Collections.emptySortedMap(), Float.NaN, null);

  /** The first layer, from 0, after which tokens may exit; beyond all layers if never. */
  public int first() {
    return policies.isEmpty() ? Integer.MAX_VALUE : policies.firstKey();
  }
}
