package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.result.ExitReadout;

/** The exit policies that need nothing but exit heads and a threshold. */
public final class BaselinePolicies {
  /** The policy {@code none}: every row runs through all layers. */
  public static final ExitPolicy FULL_DEPTH =
      new ExitPolicy() {
        @Override
        public boolean exits(ExitReadout readout) {
          return false;
        }

        @Override
        public boolean early() {
          return false;
        }
      };

  /** Tolerance for the rounding of τ, in numbers of exits. */
  private static final double ROUNDING = 1e-4;

  private BaselinePolicies() {}

  /**
   * @param kind {@link PolicyKind#CONFIDENCE}, {@link PolicyKind#ENTROPY} or {@link
   *     PolicyKind#PATIENCE}
   * @param threshold τ in (0, 1]
   * @param exits number of exits of the model
   * @return the policy
   * @throws IllegalArgumentException if the kind is another
   */
  public static ExitPolicy of(PolicyKind kind, float threshold, int exits) {
    return switch (kind) {
      case CONFIDENCE -> readout -> readout.probability() >= threshold;
      case ENTROPY -> readout -> readout.entropy() <= 1 - threshold;
      case PATIENCE -> {
        int patience = patience(threshold, exits);
        yield readout -> readout.streak() >= patience && !Float.isNaN(readout.probability());
      }
      default -> throw new IllegalArgumentException(kind.toString());
    };
  }

  /** The share {@code τ} of all exits, rounded up, at least 1: of 8 exits, 0.25 makes 2. */
  static int patience(float threshold, int exits) {
    return (int) Math.max(1, Math.ceil(threshold * (double) exits - ROUNDING));
  }
}
