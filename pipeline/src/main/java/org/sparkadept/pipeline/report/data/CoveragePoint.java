package org.sparkadept.pipeline.report.data;

/**
 * What is left of the answers where rows with a low score get none.
 *
 * @param minScore least score of an answer
 * @param answered rows with at least this score
 * @param coverage their share of all rows
 * @param precision share of them with the true label; NaN if there are none
 * @param lowerBound lower confidence bound of the precision; 0 if there are none
 */
public record CoveragePoint(
    double minScore, long answered, double coverage, double precision, double lowerBound) {}
