package org.sparkadept.decoder.format.gguf;

/** The types of values in a file's header, in the order of their numbers. */
enum ValueType {
  U8(1),
  I8(1),
  U16(2),
  I16(2),
  U32(4),
  I32(4),
  F32(4),
  BOOL(1),
  STRING(8),
  ARRAY(12),
  U64(8),
  I64(8),
  F64(8);

  private static final ValueType[] BY_ID = values();

  private final int bytes;

  ValueType(int bytes) {
    this.bytes = bytes;
  }

  /** The next value's type. */
  static ValueType of(GgufInput input, String what) {
    int id = input.i32(what);
    if (id < 0 || id >= BY_ID.length) {
      throw input.wrong(what + " has a value of type " + id + ", which is none");
    }
    return BY_ID[id];
  }

  /** Bytes of a value; the least where values differ. */
  int bytes() {
    return bytes;
  }

  /** Whether all values have the same size. */
  boolean isFixed() {
    return this != STRING && this != ARRAY;
  }

  boolean isInteger() {
    return isFixed() && this != F32 && this != F64 && this != BOOL;
  }

  /**
   * Reads a value that is no array: a Long, Double, Boolean or String. A float becomes the shortest
   * decimal that means it, as it would stand in a configuration: 1.0E-5, not 9.999999747378752E-6.
   * A u64 beyond a long comes out negative.
   */
  Object read(GgufInput input, String what) {
    return switch (this) {
      case U8 -> (long) (input.i8(what) & 0xFF);
      case I8 -> (long) input.i8(what);
      case U16 -> (long) (input.i16(what) & 0xFFFF);
      case I16 -> (long) input.i16(what);
      case U32 -> input.i32(what) & 0xFFFFFFFFL;
      case I32 -> (long) input.i32(what);
      case U64, I64 -> input.i64(what);
      case F32 -> Double.valueOf(Float.toString(input.f32(what)));
      case F64 -> input.f64(what);
      case BOOL -> input.i8(what) != 0;
      case STRING -> input.string(what);
      case ARRAY -> throw new IllegalArgumentException("An array is not read as one value.");
    };
  }
}
