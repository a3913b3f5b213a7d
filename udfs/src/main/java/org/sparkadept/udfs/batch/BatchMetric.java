package org.sparkadept.udfs.batch;

import java.io.Serializable;

/**
 * A figure that a function keeps of its work, shown at its operator in Spark's user interface.
 *
 * @param name short and stable, such as {@code tokens}
 * @param description as the user interface shows it
 * @param kind what its values are
 */
public record BatchMetric(String name, String description, Kind kind) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What the values of a metric are; the first three are summed over batches and tasks. */
  public enum Kind {
    /** How many there were of something. */
    COUNT,
    /** A duration in nanoseconds. */
    NANOSECONDS,
    /** A size in bytes. */
    BYTES,
    /** A figure of which the mean of all values that a task adds is shown, a task at a time. */
    MEAN
  }
}
