package org.sparkadept.training.tune;

import java.util.ArrayList;
import java.util.List;

/**
 * Position and figures of a run.
 *
 * @param step steps taken
 * @param seconds time spent
 * @param curve training losses
 * @param epochs validation figures of the epochs that ended
 */
record RunState(long step, double seconds, List<TuneProgress> curve, List<EpochResult> epochs) {

  static RunState initial() {
    return new RunState(0, 0, List.of(), List.of());
  }

  RunState after(long taken, double time) {
    return new RunState(taken, time, curve, epochs);
  }

  RunState with(TuneProgress point) {
    List<TuneProgress> longer = new ArrayList<>(curve);
    longer.add(point);
    return new RunState(step, seconds, longer, epochs);
  }

  RunState with(EpochResult result) {
    List<EpochResult> longer = new ArrayList<>(epochs);
    longer.add(result);
    return new RunState(step, seconds, curve, longer);
  }

  /** The best epoch. */
  EpochResult best() {
    EpochResult best = epochs.get(0);
    for (EpochResult epoch : epochs) {
      best = epoch.isBetterThan(best) ? epoch : best;
    }
    return best;
  }

  /** Whether the last epoch is the best so far. */
  boolean lastIsBest() {
    return best() == epochs.get(epochs.size() - 1);
  }

  /** Whether so many epochs have passed without a better one. */
  boolean hasStalled(int patience) {
    return !epochs.isEmpty() && epochs.size() - best().epoch() >= patience;
  }
}
