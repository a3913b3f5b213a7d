package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.result.ExitReadout;

/**
 * The policy {@code entropy}: a row leaves at the first exit whose probabilities have an entropy,
 * over its largest value, of at most {@code 1 − τ}.
 *
 * @param threshold τ in (0, 1]
 */
public record EntropyPolicy(float threshold) implements ExitPolicy {
  @Override
  public boolean exits(ExitReadout readout) {
    return readout.entropy() <= 1 - threshold;
  }
}
