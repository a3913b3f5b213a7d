package org.sparkadept.decoder.model;

/**
 * One layer's weights.
 *
 * @param attentionNorm before attention; null where attention reads the residual stream
 * @param query [queryWidth, width]
 * @param key [keyWidth, width]
 * @param value [keyWidth, width]
 * @param output [width, queryWidth]
 * @param queryNorm RMS weight of each head's query, [headDim], or of all heads', [queryWidth]; null
 *     without one ({@link AttentionConfig#queryKeyNorm})
 * @param keyNorm RMS weight of each head's key, [headDim], or of all heads', [keyWidth]; null
 *     without one
 * @param attentionOutputNorm of what attention adds to the residual stream; null without one
 * @param mlpNorm before the MLP; null where the MLP reads the residual stream
 * @param gate [mlpWidth, width]; null unless {@link ModelConfig#gatedMlp}
 * @param up [mlpWidth, width]
 * @param down [width, mlpWidth]
 * @param mlpOutputNorm of what the MLP adds to the residual stream; null without one
 */
public record LayerTensors(
    NormTensors attentionNorm,
    LinearTensors query,
    LinearTensors key,
    LinearTensors value,
    LinearTensors output,
    float[] queryNorm,
    float[] keyNorm,
    NormTensors attentionOutputNorm,
    NormTensors mlpNorm,
    LinearTensors gate,
    LinearTensors up,
    LinearTensors down,
    NormTensors mlpOutputNorm) {}
