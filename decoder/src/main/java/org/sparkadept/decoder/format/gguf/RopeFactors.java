package org.sparkadept.decoder.format.gguf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.tensor.Tensor;

/**
 * The tensor {@code rope_freqs.weight}: what each rotary frequency is divided by. Converters write
 * it for Llama 3's rule, which is found again here by its numbers: with wavelength w of a frequency
 * and n = original/w, the factor is 1 from n = 4 on, the greatest up to n = 1, and between them its
 * inverse goes from the one inverse to the other in proportion to n (Llama 3.1's {@code
 * apply_scaling}; the bounds 1 and 4 are those of all releases).
 */
final class RopeFactors {
  private static final double LOW = 1;
  private static final double HIGH = 4;

  /** Context length of the pretraining of Llama 3, where no factor tells it. */
  private static final int USUAL_POSITIONS = 8192;

  /** Files have single precision, and the converter computed in it. */
  private static final double TOLERANCE = 1e-4;

  private final float[] factors;
  private final double greatest;
  private final double theta;

  private RopeFactors(float[] factors, double greatest, double theta) {
    this.factors = factors;
    this.greatest = greatest;
    this.theta = theta;
  }

  /**
   * @param tensor {@code [headSize / 2]}
   * @param theta base of the frequencies
   * @return what {@code config.json} has as {@code rope_scaling}; empty where all factors are 1
   * @throws CheckpointException if the factors follow another rule
   */
  static Optional<ObjectNode> of(Tensor tensor, double theta, int headSize) {
    float[] values = tensor.size() == headSize / 2 ? tensor.readAll() : new float[0];
    double greatest = 0;
    boolean plain = values.length > 0;
    for (float value : values) {
      greatest = Math.max(greatest, value);
      plain &= value == 1;
    }
    if (plain) {
      return Optional.empty();
    }
    RopeFactors factors = new RopeFactors(values, greatest, theta);
    int positions = factors.positions();
    if (values.length == 0 || !factors.follow(positions)) {
      throw new CheckpointException(
          String.format(
              "%s: tensor %s stretches the rotary positions by another rule than Llama 3's, which is"
                  + " not supported.",
              tensor.file(), CheckpointException.quote(tensor.name())));
    }
    ObjectNode scaling = JsonNodeFactory.instance.objectNode();
    scaling.put("rope_type", "llama3").put("factor", greatest);
    scaling.put("low_freq_factor", LOW).put("high_freq_factor", HIGH);
    return Optional.of(scaling.put("original_max_position_embeddings", positions));
  }

  /** Context length of the pretraining, by a factor between 1 and the greatest. */
  private int positions() {
    for (int i = 0; i < factors.length; i++) {
      if (factors[i] > 1 + TOLERANCE && factors[i] < greatest * (1 - TOLERANCE)) {
        double kept = (1.0 / factors[i] - 1 / greatest) / (1 - 1 / greatest);
        double turns = LOW + kept * (HIGH - LOW);
        return (int) Math.round(turns / turnsAtOne(i));
      }
    }
    return USUAL_POSITIONS;
  }

  private boolean follow(int positions) {
    for (int i = 0; i < factors.length; i++) {
      double turns = positions * turnsAtOne(i);
      double kept = Math.min(1, Math.max(0, (turns - LOW) / (HIGH - LOW)));
      double expected = 1 / ((1 - kept) / greatest + kept);
      if (!(Math.abs(factors[i] / expected - 1) < TOLERANCE)) {
        return false;
      }
    }
    return true;
  }

  /** Turns of frequency i in one position. */
  private double turnsAtOne(int i) {
    return Math.pow(theta, -(double) i / factors.length) / (2 * Math.PI);
  }
}
