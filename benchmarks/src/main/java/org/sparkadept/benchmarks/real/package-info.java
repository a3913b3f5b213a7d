/**
 * Pretrained checkpoints, measured end to end: full depth, static read-outs, TF-IDF, and what
 * {@code adept fit} and {@code adept tune} make of them.
 */
package org.sparkadept.benchmarks.real;
