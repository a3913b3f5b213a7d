package org.sparkadept.decoder.model;

import java.util.List;

/**
 * How rotary frequencies are stretched for contexts longer than those of the pretraining.
 *
 * @param kind which rule
 * @param factor how much low frequencies are slowed down; 1 for {@link Kind#DEFAULT}
 * @param lowFrequencyFactor {@link Kind#LLAMA3} only: wavelengths beyond {@code originalPositions}
 *     over this are slowed down by the whole factor
 * @param highFrequencyFactor {@link Kind#LLAMA3} only: wavelengths below {@code originalPositions}
 *     over this stay as they are
 * @param originalPositions {@link Kind#LLAMA3} only: context length of the pretraining, in tokens
 * @param factors {@link Kind#EACH} only: what each frequency is divided by
 * @param amplitude what cosines and sines are multiplied with; most often 1
 */
public record RotaryScaling(
    Kind kind,
    double factor,
    double lowFrequencyFactor,
    double highFrequencyFactor,
    int originalPositions,
    List<Double> factors,
    double amplitude) {

  /** No scaling. */
  public static final RotaryScaling NONE = new RotaryScaling(Kind.DEFAULT, 1, 0, 0, 0);

  /** The known rules. */
  public enum Kind {
    /** No scaling. */
    DEFAULT,
    /** Every frequency divided by the factor. */
    LINEAR,
    /** Low frequencies divided by the factor, high ones kept, a smooth transition between. */
    LLAMA3,
    /** Every frequency divided by a factor of its own. */
    EACH
  }

  public RotaryScaling {
    factors = List.copyOf(factors);
  }

  /** A rule with one factor, which leaves the amplitude as it is. */
  public RotaryScaling(
      Kind kind,
      double factor,
      double lowFrequencyFactor,
      double highFrequencyFactor,
      int originalPositions) {
    this(kind, factor, lowFrequencyFactor, highFrequencyFactor, originalPositions, List.of(), 1);
  }

  /** Every frequency divided by {@code factor}. */
  public static RotaryScaling linear(double factor) {
    return new RotaryScaling(Kind.LINEAR, factor, 0, 0, 0);
  }

  /**
   * Every frequency divided by a factor of its own (Ding et al. 2024, LongRoPE).
   *
   * @param factors one for each frequency
   * @param amplitude what cosines and sines are multiplied with
   */
  public static RotaryScaling each(List<Double> factors, double amplitude) {
    return new RotaryScaling(Kind.EACH, 1, 0, 0, 0, factors, amplitude);
  }

  /**
   * The scaled frequency. {@link Kind#LLAMA3} follows Llama 3.1's {@code apply_scaling}: with
   * wavelength w = 2π/f and smooth = (original/w − low) / (high − low), clamped to [0, 1], the
   * result is {@code (1 − smooth) · f / factor + smooth · f}.
   *
   * @param index which frequency, from 0
   * @param frequency inverse frequency in radians per token
   */
  double apply(int index, double frequency) {
    return switch (kind) {
      case DEFAULT -> frequency;
      case LINEAR -> frequency / factor;
      case EACH -> frequency / factors.get(index);
      case LLAMA3 -> {
        double turns = originalPositions * frequency / (2 * Math.PI);
        double smooth = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
        double kept = Math.min(1, Math.max(0, smooth));
        yield (1 - kept) * frequency / factor + kept * frequency;
      }
    };
  }
}
