package org.sparkadept.decoder.model;

/**
 * One layer's weights.
 *
 * @param attentionNorm before attention
 * @param query [queryWidth, width]
 * @param key [keyWidth, width]
 * @param value [keyWidth, width]
 * @param output [width, queryWidth]
 * @param queryNorm RMS weight of each head's query, [headDim]; null unless {@link
 *     ModelConfig#qkNorm}
 * @param keyNorm RMS weight of each head's key, [headDim]; null unless {@link ModelConfig#qkNorm}
 * @param mlpNorm before the MLP
 * @param gate [mlpWidth, width]; null unless {@link ModelConfig#gatedMlp}
 * @param up [mlpWidth, width]
 * @param down [width, mlpWidth]
 */
public record LayerTensors(
    NormTensors attentionNorm,
    LinearTensors query,
    LinearTensors key,
    LinearTensors value,
    LinearTensors output,
    float[] queryNorm,
    float[] keyNorm,
    NormTensors mlpNorm,
    LinearTensors gate,
    LinearTensors up,
    LinearTensors down) {}
