/**
 * Answers and costs at every exit on labelled rows: one distributed pass takes every row through
 * every exit and keeps sums of bounded size only, whatever the number of rows. Evaluation,
 * calibration and the end of a fit are readings of these sums.
 */
package org.sparkadept.pipeline.outcome;
