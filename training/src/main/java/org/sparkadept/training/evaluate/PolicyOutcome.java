package org.sparkadept.training.evaluate;

/**
 * What leaving on confidence costs and gives.
 *
 * @param threshold softmax probability at which a row leaves
 * @param accuracy share of right answers
 * @param agreement share of answers that are those of full depth
 * @param meanExitLayer mean number of layers a row runs
 */
public record PolicyOutcome(
    double threshold, double accuracy, double agreement, double meanExitLayer) {}
