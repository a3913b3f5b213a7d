package org.sparkadept.training.data;

/**
 * A tokenized row.
 *
 * @param tokens token ids, the class token last
 * @param label class id
 */
public record EncodedRow(int[] tokens, int label) {}
