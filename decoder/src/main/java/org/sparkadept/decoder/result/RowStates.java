package org.sparkadept.decoder.result;

/**
 * The hidden states of one row at full depth.
 *
 * @param tokens number of tokens; the last is the class token
 * @param width size of a hidden state
 * @param states {@code [layers + 1][tokens · width]}: {@code h_0} are the embeddings, {@code h_l}
 *     is the residual stream after layer l, before any norm; token t's state begins at {@code t ·
 *     width}
 */
public record RowStates(int tokens, int width, float[][] states) {}
