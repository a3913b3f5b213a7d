package org.sparkadept.decoder.result;

import java.io.Serializable;

/**
 * What a call of a classification cost.
 *
 * @param tokenizerNanos time spent on tokenization, in nanoseconds
 * @param computeNanos time spent in the compute backend, in nanoseconds
 * @param flops floating-point operations that the rows took, each as if it were alone: exit heads,
 *     policies and the hidden state mapper included; a multiply and an add are two
 * @param sharedFlops how many of them did not run, because rows shared what was computed once
 * @param fullDepthFlops what the same rows take under the policy {@code none}: to the reference,
 *     its layer for the class token alone
 * @param checkpointFlops what they take through all layers of the checkpoint in the same way
 */
public record DecoderStatistics(
    long tokenizerNanos,
    long computeNanos,
    long flops,
    long sharedFlops,
    long fullDepthFlops,
    long checkpointFlops)
    implements Serializable {

  private static final long serialVersionUID = 2L;

  /** Nothing was done. */
  public static final DecoderStatistics ZERO = new DecoderStatistics(0, 0, 0, 0, 0, 0);

  /**
   * @param other the cost of another call
   * @return the cost of both
   */
  public DecoderStatistics plus(DecoderStatistics other) {
    return new DecoderStatistics(
        tokenizerNanos + other.tokenizerNanos,
        computeNanos + other.computeNanos,
        flops + other.flops,
        sharedFlops + other.sharedFlops,
        fullDepthFlops + other.fullDepthFlops,
        checkpointFlops + other.checkpointFlops);
  }
}
