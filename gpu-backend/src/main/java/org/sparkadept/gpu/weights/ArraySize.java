package org.sparkadept.gpu.weights;

/**
 * How large an array on the device is.
 *
 * @param elements how many elements it has
 * @param elementBytes bytes of each
 */
public record ArraySize(long elements, int elementBytes) {
  /** At least what TornadoVM puts before an array's elements. */
  private static final int HEADER = 64;

  /** So many numbers of four bytes. */
  public static ArraySize words(long elements) {
    return new ArraySize(elements, Integer.BYTES);
  }

  /** Bytes of the whole array. */
  public long bytes() {
    return elements * elementBytes + HEADER;
  }
}
