package org.sparkadept.udfs.metrics;

import java.io.Serializable;

/**
 * Where the time of the scoring tasks went: nanoseconds summed over the tasks, and the span from
 * the start of the first to the end of the last.
 *
 * @param task from a task's first row to its end: reading, scoring and writing
 * @param load of that, waiting until the function was open: the load of the model, in the main
 * @param decoder of {@code task}, spent in the decoder
 * @param tokenizer of {@code decoder}, spent on tokenization
 * @param compute of {@code decoder}, spent in the compute backend
 * @param first when the first task began, in milliseconds since 1970
 * @param last until when a task was at work, in milliseconds since 1970
 */
public record ScoringTime(
    long task, long load, long decoder, long tokenizer, long compute, long first, long last)
    implements Serializable {

  /** No time. */
  public static final ScoringTime ZERO = ofDecoder(0, 0, 0);

  private static final long serialVersionUID = 2L;

  /** Time in the decoder, which the task counts as its own. */
  public static ScoringTime ofDecoder(long decoder, long tokenizer, long compute) {
    return new ScoringTime(0, 0, decoder, tokenizer, compute, Long.MAX_VALUE, Long.MIN_VALUE);
  }

  /** Time of a task that ends now. */
  public static ScoringTime ofTask(long nanos) {
    long now = System.currentTimeMillis();
    return new ScoringTime(nanos, 0, 0, 0, 0, now - nanos / 1_000_000, now);
  }

  /** Time until now in which a task waited for its function. */
  public static ScoringTime ofLoad(long nanos) {
    ScoringTime time = ofTask(nanos);
    return new ScoringTime(nanos, nanos, 0, 0, 0, time.first, time.last);
  }

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
        compute + other.compute,
        Math.min(first, other.first),
        Math.max(last, other.last));
  }

  /** Time spent neither in the decoder nor on its load: Spark, Arrow, reading and writing. */
  public long outsideDecoder() {
    return Math.max(0, task - load - decoder);
  }

  /**
   * The share of the cores' time, from the first task to the last, in which they had no task.
   *
   * @param cores cores of all executors
   * @return in [0, 1]
   */
  public double idleShare(int cores) {
    double available = last > first ? (double) (last - first) * 1_000_000 * cores : 0;
    return available > 0 ? Math.max(0, 1 - task / available) : 0;
  }
}
