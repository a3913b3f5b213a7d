package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.result.ExitReadout;

/** Decides after an exit layer whether a row is answered there. */
public interface ExitPolicy {
  /**
   * @param readout what the exit head says of the row
   * @return whether the row leaves with this answer; at the last layer it leaves whatever is said
   */
  boolean exits(ExitReadout readout);

  /** Whether a row can leave before the last layer at all; where not, only that is read out. */
  default boolean early() {
    return true;
  }

  /**
   * The preference for leaving, {@code π_e} in [0, 1].
   *
   * @param readout what the exit head says of the row
   * @return the preference; NaN where the policy has none, as at the last layer
   */
  default float value(ExitReadout readout) {
    return Float.NaN;
  }

  /**
   * What the policy reads from the state: one more output of the exit head.
   *
   * @param layer an exit layer, counted from 1
   * @return {@code u_e} {@code [width]}; null where it reads nothing there
   */
  default float[] stateWeights(int layer) {
    return null;
  }
}
