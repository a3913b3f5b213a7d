package org.sparkadept.pipeline.report;

/**
 * What was fitted for one exit layer, measured on rows that were not fitted on.
 *
 * @param layer counted from 1
 * @param headLoss mean cross-entropy of the exit head, in nats
 * @param headAccuracy share of the rows whose true label the head gives
 * @param agreement share of the rows for which the head gives full depth's label
 * @param mapperError relative error of the hidden state mapper's keys and values; NaN without one
 */
public record FittedExit(
    int layer, double headLoss, double headAccuracy, double agreement, double mapperError) {}
