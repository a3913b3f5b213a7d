package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import org.sparkadept.udfs.scoring.ScoringOptions;

/**
 * How much a decoder is given at once; a batch ends at the first bound that it reaches.
 *
 * @param rows most rows
 * @param bytes most text
 */
public record BatchBounds(int rows, long bytes) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** About a wave of texts of usual length: enough for full depth, and progress is seen. */
  private static final int MAX_ROWS = 1024;

  /** The bounds of scoring, with no more rows than are good for a pass. */
  public static BatchBounds of(ScoringOptions options) {
    return new BatchBounds(Math.min(options.batchRows(), MAX_ROWS), options.batchBytes());
  }
}
