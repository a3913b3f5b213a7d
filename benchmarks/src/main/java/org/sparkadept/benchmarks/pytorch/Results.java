package org.sparkadept.benchmarks.pytorch;

import java.util.List;
import java.util.SortedMap;
import org.sparkadept.benchmarks.measure.Rounds.Spread;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;

/**
 * One model in one precision. The names of the components are those in {@code results.json}.
 *
 * @param model its name
 * @param exits where its exits come from
 * @param precision number format
 * @param rows number of rows
 * @param tokens number of tokens of all rows
 * @param batchTokens tokens of PyTorch's batches, padding included
 * @param padding PyTorch's padding, as a share of the rows' tokens
 * @param measurements policy {@code none}, PyTorch, ADEPT
 */
record Results(
    String model,
    String exits,
    Precision precision,
    int rows,
    long tokens,
    int batchTokens,
    double padding,
    List<Measurement> measurements) {

  /**
   * One line of the table.
   *
   * @param contestant name of what was measured
   * @param seconds of a pass over the rows, in each round
   * @param rowsPerSecond rows a second, by the rounds
   * @param speedup how many times as fast as PyTorch at full depth, by the rounds
   * @param aim the least speedup that is aimed at; 0 where there is none
   * @param exits number of rows that exited after each layer, counted from 1
   * @param meanExitLayer mean over the rows
   * @param flops floating-point operations of a pass over the rows; PyTorch's are those of full
   *     depth without its padding
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
}
