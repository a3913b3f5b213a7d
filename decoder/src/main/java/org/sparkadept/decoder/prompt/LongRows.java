package org.sparkadept.decoder.prompt;

import java.io.Serializable;
import java.util.Locale;
import org.sparkadept.decoder.error.AdeptException;

/**
 * What becomes of rows that have more tokens than a model is given.
 *
 * @param mode whether they are cut, or taken in chunks
 * @param overlap tokens of a chunk's text that the chunk before it ends with
 * @param merge how one answer is made of those of the chunks
 */
public record LongRows(Mode mode, int overlap, Merge merge) implements Serializable {
  /** Rows are cut. */
  public static final LongRows CUT = new LongRows(Mode.CUT, 64, Merge.MEAN);

  private static final long serialVersionUID = 1L;

  /** How rows are taken. */
  public enum Mode {
    /** The beginning of the text that fits is answered, and the row is flagged. */
    CUT,
    /** The text is answered chunk by chunk. */
    CHUNK;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How answers are merged. */
  public enum Merge {
    /** The mean of the log-probabilities. */
    MEAN,
    /** The answer of the chunk that is surest. */
    MAX;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @throws AdeptException if the overlap is negative
   */
  public LongRows {
    if (overlap < 0) {
      throw new AdeptException(
          "chunkOverlap (--chunk-overlap) must not be negative, but is " + overlap + ".");
    }
  }

  /** Chunks with another overlap and merge. */
  public static LongRows chunks(int overlap, Merge merge) {
    return new LongRows(Mode.CHUNK, overlap, merge);
  }

  /** Whether long rows are taken in chunks. */
  public boolean inChunks() {
    return mode == Mode.CHUNK;
  }
}
