package org.sparkadept.benchmarks.real;

/**
 * What one pass of the checkpoint costs at full depth.
 *
 * @param train over the train rows
 * @param test over the test rows
 */
record FullDepth(CheckpointPass.Cost train, CheckpointPass.Cost test) {}
