package org.sparkadept.benchmarks.real;

/**
 * What is measured on one data set.
 *
 * @param name of its folder
 * @param trainRows most train rows
 * @param testRows most test rows
 * @param maxTokens longest row in tokens; 0 for the default of the commands
 * @param calibration share of the train rows that the guarantee is calibrated on; NaN to choose it
 */
record DataSetSettings(
    String name, int trainRows, int testRows, int maxTokens, double calibration) {}
