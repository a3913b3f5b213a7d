package org.sparkadept.decoder.model;

/**
 * The state of a token before the first layer. {@link ModelTensors#embedding} has the scale and the
 * norm applied.
 *
 * @param learnedPositions whether positions are an embedding that is added to the tokens'
 * @param scale what the tokens' embedding is multiplied with
 * @param normalized whether the tokens' embedding is normalized
 * @param tied whether the language-model head is the token embedding
 */
public record EmbeddingConfig(
    boolean learnedPositions, float scale, boolean normalized, boolean tied) {}
