package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.result.ExitReadout;

/**
 * The policy {@code confidence}: a row leaves at the first exit whose most probable label reaches
 * the threshold.
 *
 * @param threshold τ in (0, 1]
 */
public record ConfidencePolicy(float threshold) implements ExitPolicy {
  @Override
  public boolean exits(ExitReadout readout) {
    return readout.probability() >= threshold;
  }
}
