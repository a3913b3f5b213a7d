package org.sparkadept.benchmarks.pytorch;

import java.io.IOException;

/** Who scores the rows. */
interface Contestant {
  /** Name in tables. */
  String name();

  /**
   * Scores all rows, again and again until so many seconds have gone by, once at least;
   * tokenization is left out.
   *
   * @return mean seconds of a time
   */
  double seconds(double least) throws IOException, InterruptedException;
}
