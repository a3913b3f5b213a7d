package org.sparkadept.training.safetensors;

/** Storage format of a tensor's elements. */
public enum ElementType {
  /** IEEE 754 half precision. */
  F16(2),
  /** IEEE 754 single precision. */
  F32(4);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes an element takes. */
  public int bytes() {
    return bytes;
  }
}
