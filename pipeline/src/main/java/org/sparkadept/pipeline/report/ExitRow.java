package org.sparkadept.pipeline.report;

/**
 * One exit layer in an evaluation.
 *
 * @param layer counted from 1
 * @param rows answered here
 * @param accuracyHere share of the rows answered here with the true label; NaN if there are none
 * @param headAccuracy share of all rows whose true label this exit's head gives
 * @param agreement share of all rows for which this exit's head gives full depth's label
 */
public record ExitRow(
    int layer, long rows, double accuracyHere, double headAccuracy, double agreement) {}
