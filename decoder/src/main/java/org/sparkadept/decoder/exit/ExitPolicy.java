package org.sparkadept.decoder.exit;

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
}
