package org.sparkadept.decoder.result;

/**
 * What exit heads read of one row.
 *
 * @param tokens tokens of the row
 * @param inputs {@code [exits][length of x]}
 */
public record HeadInputs(int tokens, float[][] inputs) {}
