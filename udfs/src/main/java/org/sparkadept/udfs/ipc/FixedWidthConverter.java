package org.sparkadept.udfs.ipc;

import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.Float16;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.sparkadept.decoder.error.AdeptException;

/** Converts numbers and times to Spark's types; a value that does not fit is an error. */
final class FixedWidthConverter {
  private static final int DECIMAL_BYTES = 16;

  private final IpcInput input;
  private final BufferAllocator allocator;
  private final boolean floorNanoseconds;

  /**
   * @param floorNanoseconds whether nanoseconds that are no whole microseconds are rounded down;
   *     else they are an error
   */
  FixedWidthConverter(IpcInput input, BufferAllocator allocator, boolean floorNanoseconds) {
    this.input = input;
    this.allocator = allocator;
    this.floorNanoseconds = floorNanoseconds;
  }

  /** Fills a vector of the type that {@link FileTypes} gives for the stored one's. */
  void fill(FieldVector stored, FieldVector target) {
    ArrowType type = stored.getField().getType();
    if (stored instanceof Decimal256Vector wide) {
      narrow(wide, (DecimalVector) target);
    } else if (stored instanceof UInt8Vector wide) {
      widen(wide, target);
    } else {
      int from = width(type);
      int to = width(target.getField().getType());
      int values = stored.getValueCount();
      try (ArrowBuf data = allocator.buffer((long) values * to)) {
        for (int row = 0; row < values; row++) {
          long value = 0;
          if (!stored.isNull(row)) {
            value = convert(type, read(stored.getDataBuffer(), row, from), stored, row);
          }
          write(data, row, to, value);
        }
        load(stored, target, data);
      }
    }
  }

  private static void load(FieldVector stored, FieldVector target, ArrowBuf data) {
    target.loadFieldBuffers(
        new ArrowFieldNode(stored.getValueCount(), stored.getNullCount()),
        List.of(stored.getValidityBuffer(), data));
  }

  /** Bytes of a value. */
  private static int width(ArrowType type) {
    return switch (type.getTypeID()) {
      case Int -> ((ArrowType.Int) type).getBitWidth() / Byte.SIZE;
      case FloatingPoint ->
          switch (((ArrowType.FloatingPoint) type).getPrecision()) {
            case HALF -> Short.BYTES;
            case SINGLE -> Float.BYTES;
            case DOUBLE -> Double.BYTES;
          };
      case Date ->
          switch (((ArrowType.Date) type).getUnit()) {
            case DAY -> Integer.BYTES;
            case MILLISECOND -> Long.BYTES;
          };
      case Time -> ((ArrowType.Time) type).getBitWidth() / Byte.SIZE;
      case Timestamp, Duration -> Long.BYTES;
      default -> throw new IllegalArgumentException("no conversion of " + type);
    };
  }

  private static long read(ArrowBuf data, int row, int width) {
    long at = (long) row * width;
    return switch (width) {
      case Byte.BYTES -> data.getByte(at);
      case Short.BYTES -> data.getShort(at);
      case Integer.BYTES -> data.getInt(at);
      default -> data.getLong(at);
    };
  }

  private static void write(ArrowBuf data, int row, int width, long value) {
    long at = (long) row * width;
    switch (width) {
      case Short.BYTES -> data.setShort(at, (short) value);
      case Integer.BYTES -> data.setInt(at, (int) value);
      default -> data.setLong(at, value);
    }
  }

  private long convert(ArrowType type, long value, FieldVector stored, int row) {
    return switch (type.getTypeID()) {
      case Int -> value & (1L << ((ArrowType.Int) type).getBitWidth()) - 1;
      case FloatingPoint -> Float.floatToRawIntBits(Float16.toFloat((short) value));
      case Date -> Math.floorDiv(value, TimeUnit.DAYS.toMillis(1));
      case Time -> nanosecondsOfDay(((ArrowType.Time) type).getUnit(), value, stored, row);
      case Timestamp -> microseconds(((ArrowType.Timestamp) type).getUnit(), value, stored, row);
      default -> microseconds(((ArrowType.Duration) type).getUnit(), value, stored, row);
    };
  }

  private long microseconds(
      org.apache.arrow.vector.types.TimeUnit unit, long value, FieldVector stored, int row) {
    return switch (unit) {
      case SECOND -> multiplied(value, TimeUnit.SECONDS.toMicros(1), stored, row);
      case MILLISECOND -> multiplied(value, TimeUnit.MILLISECONDS.toMicros(1), stored, row);
      case MICROSECOND -> value;
      case NANOSECOND -> Math.floorDiv(whole(value, stored, row), TimeUnit.MICROSECONDS.toNanos(1));
    };
  }

  /** Nanoseconds since midnight, as Spark counts them, in whole microseconds, as Spark has them. */
  private long nanosecondsOfDay(
      org.apache.arrow.vector.types.TimeUnit unit, long value, FieldVector stored, int row) {
    long nanoseconds =
        switch (unit) {
          case SECOND -> multiplied(value, TimeUnit.SECONDS.toNanos(1), stored, row);
          case MILLISECOND -> multiplied(value, TimeUnit.MILLISECONDS.toNanos(1), stored, row);
          case MICROSECOND -> multiplied(value, TimeUnit.MICROSECONDS.toNanos(1), stored, row);
          case NANOSECOND -> whole(value, stored, row);
        };
    if (nanoseconds < 0 || nanoseconds >= TimeUnit.DAYS.toNanos(1)) {
      throw unfit(stored, row, "is no time of a day");
    }
    return nanoseconds;
  }

  /** Nanoseconds, rounded down to whole microseconds if that is allowed or nothing is lost. */
  private long whole(long nanoseconds, FieldVector stored, int row) {
    long rest = Math.floorMod(nanoseconds, TimeUnit.MICROSECONDS.toNanos(1));
    if (rest != 0 && !floorNanoseconds) {
      throw unfit(
          stored,
          row,
          "has nanoseconds, but Spark's times have microseconds. Cast the column to microseconds"
              + " before it is written, or set nanoseconds=floor (--read-option), which rounds"
              + " down");
    }
    return nanoseconds - rest;
  }

  private long multiplied(long value, long factor, FieldVector stored, int row) {
    try {
      return Math.multiplyExact(value, factor);
    } catch (ArithmeticException e) {
      throw unfit(stored, row, "is too far from 1970 for Spark's microseconds");
    }
  }

  private AdeptException unfit(FieldVector stored, int row, String why) {
    return new AdeptException(
        String.format(
            "Value %s of column '%s' (row %s of its record batch) of %s %s.",
            stored.getObject(row), stored.getName(), row + 1, input.path(), why));
  }

  /** Unsigned integers of 64 bits: decimals of 128, whose upper half is 0. */
  private void widen(UInt8Vector stored, FieldVector target) {
    int values = stored.getValueCount();
    try (ArrowBuf data = allocator.buffer((long) values * DECIMAL_BYTES)) {
      for (int row = 0; row < values; row++) {
        long at = (long) row * DECIMAL_BYTES;
        data.setLong(at, stored.isNull(row) ? 0 : stored.get(row));
        data.setLong(at + Long.BYTES, 0);
      }
      load(stored, target, data);
    }
  }

  private void narrow(Decimal256Vector stored, DecimalVector target) {
    target.allocateNew(stored.getValueCount());
    for (int row = 0; row < stored.getValueCount(); row++) {
      if (stored.isNull(row)) {
        continue;
      }
      BigDecimal value = stored.getObject(row);
      if (value.precision() > target.getPrecision()) {
        throw unfit(stored, row, "has more digits than its type");
      }
      target.set(row, value);
    }
    target.setValueCount(stored.getValueCount());
  }
}
