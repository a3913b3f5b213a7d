package org.sparkadept.training.tune;

import java.util.List;

/**
 * How a run went.
 *
 * @param model the weights of the best epoch
 * @param epochs figures of all epochs
 * @param best the epoch whose weights are kept
 * @param curve training losses
 * @param seconds time spent, that of earlier starts included
 */
public record TuneResult(
    TunedModel model,
    List<EpochResult> epochs,
    EpochResult best,
    List<TuneProgress> curve,
    double seconds) {}
