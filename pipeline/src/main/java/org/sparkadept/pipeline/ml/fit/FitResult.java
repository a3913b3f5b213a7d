package org.sparkadept.pipeline.ml.fit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.sparkadept.pipeline.calibrate.Choice;

/**
 * What a fit made.
 *
 * @param model the fitted model directory
 * @param labels label names, in the order of the heads' rows
 * @param exitLayers from 1
 * @param keptHeads whether the heads were those of the directory
 * @param trainRows rows of the train split
 * @param validationRows rows of the validation split
 * @param mapperErrors relative error of the mapper's keys and values by exit layer, mean over the
 *     layers above; empty where tokens stay
 * @param choice the threshold and what it rests on
 * @param seconds it took
 */
public record FitResult(
    Path model,
    List<String> labels,
    int[] exitLayers,
    boolean keptHeads,
    long trainRows,
    long validationRows,
    Map<Integer, Double> mapperErrors,
    Choice choice,
    double seconds) {}
