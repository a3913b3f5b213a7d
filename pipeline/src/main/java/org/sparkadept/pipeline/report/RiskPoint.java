package org.sparkadept.pipeline.report;

/**
 * What an early exit at one threshold risks.
 *
 * @param threshold τ; a larger one exits later
 * @param disagreement share of the rows whose label is not full depth's; of those that full depth
 *     answers rightly and the policy wrongly where the curve is of accuracy loss
 * @param upperBound of the disagreement, at the curve's confidence of bounds
 * @param compute FLOPs as a share of full depth's
 */
public record RiskPoint(double threshold, double disagreement, double upperBound, double compute) {}
