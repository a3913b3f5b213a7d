package org.sparkadept.decoder.model;

/**
 * Which projections have a bias.
 *
 * @param queryKeyValue query, key and value projections
 * @param attentionOutput attention output projection
 * @param mlp all projections of the MLP
 */
public record BiasConfig(boolean queryKeyValue, boolean attentionOutput, boolean mlp) {}
