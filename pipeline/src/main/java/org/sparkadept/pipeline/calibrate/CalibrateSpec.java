package org.sparkadept.pipeline.calibrate;

import java.nio.file.Path;
import org.sparkadept.pipeline.outcome.OutcomeSpec;

/**
 * One calibration.
 *
 * @param rows what it is done on
 * @param target the guarantee
 * @param policy the policy that gets a threshold; null for the model's own
 * @param output the model directory to write; the model's own for in place
 */
public record CalibrateSpec(OutcomeSpec rows, RiskTarget target, String policy, Path output) {}
