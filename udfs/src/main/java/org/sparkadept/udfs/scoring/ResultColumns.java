package org.sparkadept.udfs.scoring;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.sparkadept.decoder.AdeptException;

/** A result struct as columns of the output. */
public final class ResultColumns {
  private ResultColumns() {}

  /**
   * The output columns of a result.
   *
   * @param result a struct of strings, floats, ints and booleans
   * @throws AdeptException if the input has a column of such a name already
   */
  static List<StructField> of(Field result, InputColumns input, String prefix) {
    List<StructField> columns = new ArrayList<>();
    for (Field child : result.getChildren()) {
      String name = prefix + child.getName();
      if (input.has(name)) {
        throw new AdeptException(
            "The input has a column '"
                + name
                + "' already, which is also the name of a result column. Give the result columns"
                + " a prefix (for instance --output-prefix adept_), or drop or rename the column.");
      }
      columns.add(DataTypes.createStructField(name, sparkType(child.getType()), true));
    }
    return columns;
  }

  private static DataType sparkType(ArrowType type) {
    return switch (type.getTypeID()) {
      case Utf8 -> DataTypes.StringType;
      case FloatingPoint -> DataTypes.FloatType;
      case Int -> DataTypes.IntegerType;
      case Bool -> DataTypes.BooleanType;
      default -> throw new IllegalArgumentException("No column type for " + type);
    };
  }

  /** The value of a result column as Spark's rows hold it, or null. */
  public static Object value(FieldVector vector, int row) {
    if (vector.isNull(row)) {
      return null;
    }
    if (vector instanceof VarCharVector text) {
      return new String(text.get(row), StandardCharsets.UTF_8);
    }
    return vector.getObject(row);
  }
}
