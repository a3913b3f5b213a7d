package org.sparkadept.pipeline.report;

/**
 * One exit policy at one threshold.
 *
 * @param policy name of the policy
 * @param threshold τ; a larger one exits later
 * @param compute FLOPs as a share of full depth's
 * @param accuracy share of rows with the true label
 * @param agreement share of rows with full depth's label
 * @param meanExitLayer mean over the rows of the layer that answered
 */
public record FrontierPoint(
    String policy,
    double threshold,
    double compute,
    double accuracy,
    double agreement,
    double meanExitLayer) {}
