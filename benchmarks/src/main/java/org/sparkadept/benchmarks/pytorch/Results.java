package org.sparkadept.benchmarks.pytorch;

import java.util.List;

/**
 * One model in one precision.
 *
 * @param model its name
 * @param exits how it comes that rows leave early
 * @param precision number format
 * @param rows how many
 * @param tokens of all rows
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
    List<Measurement> measurements) {}
