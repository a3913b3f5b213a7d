package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.result.ExitReadout;

/**
 * The policy {@code patience}: a row leaves once enough exits in a row have given the same label.
 *
 * @param patience how many, at least 1
 */
public record PatiencePolicy(int patience) implements ExitPolicy {
  /** What rounding of τ may amount to in a number of exits. */
  private static final double ROUNDING = 1e-4;

  /**
   * The share {@code τ} of all exits, rounded up: of 8 exits, 0.25 asks for two in a row.
   *
   * @param threshold τ in (0, 1]
   * @param exits number of exits
   * @return the policy
   */
  public static PatiencePolicy of(float threshold, int exits) {
    return new PatiencePolicy((int) Math.max(1, Math.ceil(threshold * (double) exits - ROUNDING)));
  }

  @Override
  public boolean exits(ExitReadout readout) {
    return readout.streak() >= patience && !Float.isNaN(readout.probability());
  }
}
