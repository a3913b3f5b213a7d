package org.sparkadept.gpu.weights;

/**
 * Where a layer's vectors begin among {@link Weights#vectors}; -1 for those it does not have.
 *
 * @param attentionNorm weight of the norm before attention
 * @param attentionNormBias its bias
 * @param query bias of the queries
 * @param keyValue bias of keys and values
 * @param output bias of the attention's output
 * @param queryNorm weight of the norm of each head's query
 * @param keyNorm weight of the norm of each head's key
 * @param mlpNorm weight of the norm before the MLP
 * @param mlpNormBias its bias
 * @param gate bias of the gate
 * @param up bias of the MLP's first projection
 * @param down bias of its last
 */
public record LayerPlaces(
    int attentionNorm,
    int attentionNormBias,
    int query,
    int keyValue,
    int output,
    int queryNorm,
    int keyNorm,
    int mlpNorm,
    int mlpNormBias,
    int gate,
    int up,
    int down) {}
