package org.sparkadept.decoder.compute;

import java.util.SortedMap;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;

/**
 * What a backend loads.
 *
 * @param config the shape of the model
 * @param tensors the backbone's weights
 * @param heads the exit head {@code [labels, width]} of each exit layer, counted from 1; the last
 *     key is the number of layers
 * @param maxTokens the longest row that will come, in tokens
 */
public record ModelSource(
    ModelConfig config,
    ModelTensors tensors,
    SortedMap<Integer, LinearTensors> heads,
    int maxTokens) {}
