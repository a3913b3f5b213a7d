package org.sparkadept.benchmarks.pytorch;

import java.util.SortedMap;
import org.sparkadept.benchmarks.Spread;

/**
 * One contestant on one model in one precision: a line of the table.
 *
 * @param contestant who
 * @param seconds of a pass over the rows, in each round
 * @param rowsPerSecond rows a second, by the rounds
 * @param speedup how many times as fast as PyTorch at full depth, by the rounds
 * @param aim the least speedup that is aimed at; 0 where there is none
 * @param exits how many rows left after each layer, counted from 1
 * @param meanExitLayer mean over the rows
 * @param flops floating-point operations of a pass over the rows; PyTorch's are those of full depth
 *     without its padding
 * @param bytes {@link Traffic} of a pass
 * @param format number format of its products, the name of its roof
 * @param flopsPerSecond by the median time
 * @param ofRoof that as a share of the roof at its arithmetic intensity
 * @param agreement with PyTorch in single precision
 */
record Measurement(
    String contestant,
    double[] seconds,
    Spread rowsPerSecond,
    Spread speedup,
    double aim,
    SortedMap<Integer, Integer> exits,
    double meanExitLayer,
    long flops,
    long bytes,
    String format,
    double flopsPerSecond,
    double ofRoof,
    Agreement agreement) {

  /** Arithmetic intensity, FLOP a byte. */
  double intensity() {
    return (double) flops / bytes;
  }
}
