package org.sparkadept.decoder.adept;

import java.io.Serializable;
import org.sparkadept.decoder.tensor.DType;

/**
 * What a hidden state mapper adds to the copied state: {@code R = C + up·down}, with C of {@link
 * org.sparkadept.decoder.exit.CopyMapper}, and its own constant r in place of the copy's.
 *
 * @param up {@code [2·keyWidth, rank]}; null where {@code down} is the product
 * @param down {@code [rank, width]}, or the product {@code [2·keyWidth, width]}
 * @param bias r {@code [2·keyWidth]}
 */
public record MapperCorrection(float[] up, float[] down, float[] bias) implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * Bytes that a correction takes in {@code adept.safetensors}.
   *
   * @param numbers how many {@code up} and {@code down} have together
   * @param outputs length of {@code bias}
   */
  public static long bytes(long numbers, int outputs) {
    return numbers * DType.BF16.bytes() + (long) outputs * DType.F32.bytes();
  }
}
