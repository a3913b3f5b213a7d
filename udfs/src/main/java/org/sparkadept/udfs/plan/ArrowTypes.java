package org.sparkadept.udfs.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.util.ArrowUtils;
import org.sparkadept.udfs.batch.ArrowBatchFunction;

/** Argument and result types of batch functions, in Spark and in Arrow. */
final class ArrowTypes {
  private ArrowTypes() {}

  /** Spark's type of the result. */
  static DataType resultType(ArrowBatchFunction function) {
    return ArrowUtils.fromArrowField(function.resultField());
  }

  /** Spark's type of each argument. */
  static List<DataType> inputTypes(ArrowBatchFunction function) {
    List<DataType> types = new ArrayList<>();
    for (ArrowType type : function.inputTypes()) {
      types.add(ArrowUtils.fromArrowType(type));
    }
    return types;
  }

  /** The arguments as fields of an Arrow schema. */
  static List<Field> inputFields(ArrowBatchFunction function) {
    List<Field> fields = new ArrayList<>();
    for (ArrowType type : function.inputTypes()) {
      fields.add(new Field("argument" + fields.size(), FieldType.nullable(type), null));
    }
    return fields;
  }

  /** Whether a value of type {@code given} may stand where {@code wanted} is asked for. */
  static boolean accepts(DataType wanted, DataType given) {
    return wanted.equals(given)
        || wanted instanceof StringType && given instanceof StringType; // any collation
  }
}
