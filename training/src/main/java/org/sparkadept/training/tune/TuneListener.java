package org.sparkadept.training.tune;

/** Hears of a run while it goes on. */
public interface TuneListener {
  /** Something the user should know, such as that an earlier run is continued. */
  void notice(String message);

  /** Some steps were taken. */
  void progress(TuneProgress progress);

  /** A pass over the rows ended. */
  void epoch(EpochResult result);
}
