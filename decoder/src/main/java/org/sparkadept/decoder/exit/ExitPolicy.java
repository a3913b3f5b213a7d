package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.result.ExitReadout;

/** Decides after an exit layer whether a row exits there. */
@FunctionalInterface
public interface ExitPolicy {
  /**
   * @param readout what the exit says of the row
   * @return whether the row exits with this answer; at the last exit it does in any case
   */
  boolean exits(ExitReadout readout);

  /** Whether rows can exit before the last exit at all. */
  default boolean early() {
    return true;
  }

  /**
   * The preference for exiting, {@code π_e} in [0, 1].
   *
   * @param readout what the exit says of the row
   * @return the preference; NaN where the policy has none, as at the last exit
   */
  default float value(ExitReadout readout) {
    return Float.NaN;
  }

  /**
   * How many features of a read-out are weighed after a layer, from 0; 0 where it is compared with
   * a threshold as it is.
   */
  default int features(int layer) {
    return 0;
  }

  /**
   * The weights of the hidden state in the preference: one more output of the exit head.
   *
   * @param layer an exit layer, from 0
   * @return {@code u_e} {@code [inputs of the head]}; null where the policy does not read the state
   */
  default float[] stateWeights(int layer) {
    return null;
  }
}
