package org.sparkadept.udfs.ipc;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.CalendarIntervalType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.ArrowUtils;

/**
 * Types in Arrow files. Read as the same type where Spark has it, else as the narrowest that holds
 * all of its values; written as Spark's own vectors have them.
 */
final class FileTypes {
  private static final String AS_TEXT = "write the column as text or as integers";
  private static final int INT64_DIGITS = 20;
  private static final int DECIMAL_BITS = 128;
  private static final int WIDE_DECIMAL_BITS = 256;

  private FileTypes() {}

  /**
   * The type that a column is read as; of lists, structs and maps without their children.
   *
   * @throws Unsupported if there is none
   */
  static ArrowType target(ArrowType type) throws Unsupported {
    return switch (type.getTypeID()) {
      case Null, Bool, Utf8, Binary, Struct, List -> type;
      case Int -> integer((ArrowType.Int) type);
      case FloatingPoint -> floatingPoint((ArrowType.FloatingPoint) type);
      case Decimal -> decimal((ArrowType.Decimal) type);
      case LargeUtf8, Utf8View -> ArrowType.Utf8.INSTANCE;
      case LargeBinary, BinaryView -> ArrowType.Binary.INSTANCE;
      case FixedSizeBinary -> {
        requireSize(((ArrowType.FixedSizeBinary) type).getByteWidth());
        yield ArrowType.Binary.INSTANCE;
      }
      case Date -> new ArrowType.Date(DateUnit.DAY);
      case Time -> new ArrowType.Time(TimeUnit.NANOSECOND, Long.SIZE);
      case Timestamp ->
          new ArrowType.Timestamp(TimeUnit.MICROSECOND, ((ArrowType.Timestamp) type).getTimezone());
      case Duration -> new ArrowType.Duration(TimeUnit.MICROSECOND);
      case Interval -> interval((ArrowType.Interval) type);
      case LargeList -> ArrowType.List.INSTANCE;
      case FixedSizeList -> {
        requireSize(((ArrowType.FixedSizeList) type).getListSize());
        yield ArrowType.List.INSTANCE;
      }
      case Map -> new ArrowType.Map(false);
      case RunEndEncoded -> throw new Unsupported("write the column without run-end encoding");
      case ListView, LargeListView -> throw new Unsupported("write the column as plain lists");
      case Union -> throw new Unsupported("split the column into one for each type");
      default -> throw new Unsupported(AS_TEXT);
    };
  }

  /** Unsigned integers take the next wider signed type; the widest a decimal. */
  private static ArrowType integer(ArrowType.Int type) {
    if (type.getIsSigned()) {
      return type;
    }
    return type.getBitWidth() == Long.SIZE
        ? new ArrowType.Decimal(INT64_DIGITS, 0, DECIMAL_BITS)
        : new ArrowType.Int(2 * type.getBitWidth(), true);
  }

  private static ArrowType floatingPoint(ArrowType.FloatingPoint type) {
    return type.getPrecision() == FloatingPointPrecision.HALF
        ? new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)
        : type;
  }

  private static void requireSize(int size) throws Unsupported {
    if (size < 0) {
      throw new Unsupported("write the column with a size of 0 or more");
    }
  }

  private static ArrowType decimal(ArrowType.Decimal type) throws Unsupported {
    int bits = type.getBitWidth();
    if (bits != DECIMAL_BITS && bits != WIDE_DECIMAL_BITS
        || type.getPrecision() < 1
        || type.getPrecision() > DecimalType.MAX_PRECISION()
        || type.getScale() < 0
        || type.getScale() > type.getPrecision()) {
      throw new Unsupported(
          "write the column as a decimal of 128 bits, with at most "
              + DecimalType.MAX_PRECISION()
              + " digits and a scale from 0 to their number");
    }
    return new ArrowType.Decimal(type.getPrecision(), type.getScale(), DECIMAL_BITS);
  }

  private static ArrowType interval(ArrowType.Interval type) throws Unsupported {
    if (type.getUnit() != IntervalUnit.YEAR_MONTH) {
      throw new Unsupported("write the column as a duration or as text");
    }
    return type;
  }

  /** Whether a type can be written, and read. */
  static boolean supports(DataType type) {
    if (type instanceof ArrayType array) {
      return supports(array.elementType());
    }
    if (type instanceof MapType map) {
      return supports(map.keyType()) && supports(map.valueType());
    }
    if (type instanceof StructType struct) {
      for (StructField field : struct.fields()) {
        if (!supports(field.dataType())) {
          return false;
        }
      }
      return true;
    }
    return written(type) != null;
  }

  /**
   * The schema of a written file.
   *
   * @param schema of types that are supported
   */
  static Schema schema(StructType schema) {
    return new Schema(children(schema));
  }

  private static List<Field> children(StructType struct) {
    List<Field> fields = new ArrayList<>();
    for (StructField field : struct.fields()) {
      fields.add(field(field.name(), true, field.dataType()));
    }
    return fields;
  }

  private static Field field(String name, boolean nullable, DataType type) {
    if (type instanceof ArrayType array) {
      List<Field> item = List.of(field("item", true, array.elementType()));
      return new Field(name, new FieldType(nullable, ArrowType.List.INSTANCE, null), item);
    }
    if (type instanceof MapType map) {
      List<Field> pair =
          List.of(
              field(MapVector.KEY_NAME, false, map.keyType()),
              field(MapVector.VALUE_NAME, true, map.valueType()));
      FieldType struct = new FieldType(false, ArrowType.Struct.INSTANCE, null);
      List<Field> entries = List.of(new Field(MapVector.DATA_VECTOR_NAME, struct, pair));
      return new Field(name, new FieldType(nullable, new ArrowType.Map(false), null), entries);
    }
    if (type instanceof StructType struct) {
      FieldType own = new FieldType(nullable, ArrowType.Struct.INSTANCE, null);
      return new Field(name, own, children(struct));
    }
    return new Field(name, new FieldType(nullable, written(type), null), List.of());
  }

  /** Null if the type cannot be written. */
  private static ArrowType written(DataType type) {
    if (type instanceof CalendarIntervalType) {
      return null; // could not be read back
    }
    try {
      return ArrowUtils.toArrowType(type, "UTC", false);
    } catch (UnsupportedOperationException e) {
      return null;
    }
  }

  /** A type without a counterpart in Spark; the message says what to do. */
  static final class Unsupported extends Exception {
    private static final long serialVersionUID = 1L;

    Unsupported(String remedy) {
      super(remedy);
    }
  }
}
