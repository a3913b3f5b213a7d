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
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.DayTimeIntervalType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimeType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.sql.types.YearMonthIntervalType;

/** Spark's types as they are written. */
final class WrittenFields {
  private static final int DECIMAL_BITS = 128;

  private WrittenFields() {}

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
    return atomic(type) != null;
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
    return new Field(name, new FieldType(nullable, atomic(type), null), List.of());
  }

  /** Null if the type cannot be written. */
  private static ArrowType atomic(DataType type) {
    if (type instanceof StringType) {
      return ArrowType.Utf8.INSTANCE;
    } else if (type instanceof BinaryType) {
      return ArrowType.Binary.INSTANCE;
    } else if (type instanceof BooleanType) {
      return ArrowType.Bool.INSTANCE;
    } else if (type instanceof ByteType) {
      return new ArrowType.Int(Byte.SIZE, true);
    } else if (type instanceof ShortType) {
      return new ArrowType.Int(Short.SIZE, true);
    } else if (type instanceof IntegerType) {
      return new ArrowType.Int(Integer.SIZE, true);
    } else if (type instanceof LongType) {
      return new ArrowType.Int(Long.SIZE, true);
    } else if (type instanceof FloatType) {
      return new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
    } else if (type instanceof DoubleType) {
      return new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
    } else if (type instanceof DecimalType decimal) {
      return new ArrowType.Decimal(decimal.precision(), decimal.scale(), DECIMAL_BITS);
    }
    return ofTime(type);
  }

  private static ArrowType ofTime(DataType type) {
    if (type instanceof DateType) {
      return new ArrowType.Date(DateUnit.DAY);
    } else if (type instanceof TimestampType) {
      return new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC");
    } else if (type instanceof TimestampNTZType) {
      return new ArrowType.Timestamp(TimeUnit.MICROSECOND, null);
    } else if (type instanceof TimeType) {
      return new ArrowType.Time(TimeUnit.NANOSECOND, Long.SIZE);
    } else if (type instanceof DayTimeIntervalType) {
      return new ArrowType.Duration(TimeUnit.MICROSECOND);
    } else if (type instanceof YearMonthIntervalType) {
      return new ArrowType.Interval(IntervalUnit.YEAR_MONTH);
    }
    return type instanceof NullType ? ArrowType.Null.INSTANCE : null;
  }
}
