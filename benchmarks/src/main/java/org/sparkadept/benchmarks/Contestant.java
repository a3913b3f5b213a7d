package org.sparkadept.benchmarks;

/** Who scores the rows, in turns with others. */
public interface Contestant {
  /**
   * Scores all rows, again and again until so many seconds have gone by, once at least.
   *
   * @return mean seconds of a time
   */
  double seconds(double least) throws Exception;
}
