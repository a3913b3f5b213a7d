package org.sparkadept.decoder.compute;

import java.util.SortedMap;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelTensors;

/**
 * What a backend loads.
 *
 * @param config the shape of the model
 * @param tensors the backbone's weights
 * @param heads the exit head {@code [outputs, width]} of each exit layer, counted from 1; the last
 *     key is the number of layers. The outputs are the labels and, where the exit policy reads the
 *     state, its score
 * @param tokenExits token policies and hidden state mapper; {@link TokenExits#NONE} without
 * @param maxTokens the longest row that will come, in tokens
 */
public record ModelSource(
    ModelConfig config,
    ModelTensors tensors,
    SortedMap<Integer, LinearTensors> heads,
    TokenExits tokenExits,
    int maxTokens) {}
