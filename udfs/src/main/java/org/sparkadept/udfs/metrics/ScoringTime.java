package org.sparkadept.udfs.metrics;

import java.io.Serializable;

/**
 * Where the time of the scoring tasks went, in nanoseconds summed over the tasks.
 *
 * @param task from a task's first row to its end: reading, scoring and writing
 * @param load of that, waiting until the function was open: the load of the model, in the main
 * @param decoder of {@code task}, spent in the decoder
 * @param tokenizer of {@code decoder}, spent on tokenization
 * @param compute of {@code decoder}, spent in the compute backend
 */
public record ScoringTime(long task, long load, long decoder, long tokenizer, long compute)
    implements Serializable {

  /** No time. */
  public static final ScoringTime ZERO = new ScoringTime(0, 0, 0, 0, 0);

  private static final long serialVersionUID = 1L;

  /**
   * @param other the time of other work
   * @return the time of both
   */
  public ScoringTime plus(ScoringTime other) {
    return new ScoringTime(
        task + other.task,
        load + other.load,
        decoder + other.decoder,
        tokenizer + other.tokenizer,
        compute + other.compute);
  }

  /** Time spent neither in the decoder nor on its load: Spark, Arrow, reading and writing. */
  public long outsideDecoder() {
    return Math.max(0, task - load - decoder);
  }
}
