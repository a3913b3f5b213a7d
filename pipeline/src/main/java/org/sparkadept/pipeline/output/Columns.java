package org.sparkadept.pipeline.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Whether files of a format whose columns are found fit those that are expected, so that both can
 * be read as one table.
 */
public final class Columns {
  /** In which Spark puts what it cannot parse. */
  private static final String CORRUPT = "_corrupt_record";

  /** Formats whose files say the type of each column. */
  private static final Set<String> TYPED = Set.of("parquet", "orc", "avro", "arrow");

  private final StructType expected;
  private final StructType found;
  private final String format;
  private final boolean mayLack;
  private final boolean caseSensitive = SQLConf.get().caseSensitiveAnalysis();
  private final List<String> differences = new ArrayList<>();

  private Columns(StructType expected, StructType found, String format, boolean mayLack) {
    this.mayLack = mayLack;
    this.expected = expected;
    this.found = found;
    this.format = format;
  }

  /**
   * Compares columns. Where the format has types, these must be equal; else the types are those
   * that Spark infers from values, and each value must be readable as what is expected. Columns may
   * be missing from json and xml, which leave out NULLs. Whether a column has NULLs does not count.
   *
   * @param format of the files; types of others than text formats must be equal
   * @param mayLack whether columns may be missing, whatever the format
   * @return what differs, in words; nothing where they fit
   */
  public static Optional<String> difference(
      StructType expected, StructType found, String format, boolean mayLack) {
    Columns columns = new Columns(expected, found, format, mayLack);
    columns.compare();
    return columns.differences.isEmpty()
        ? Optional.empty()
        : Optional.of(String.join("; ", columns.differences));
  }

  private void compare() {
    List<String> names = names(expected);
    List<String> foundNames = names(found);
    if (foundNames.contains(CORRUPT) && !names.contains(CORRUPT)) {
      differences.add("it has a line that is not " + format);
      return;
    }
    if (format.equals("csv") && !names.equals(foundNames)) {
      differences.add(
          "expected the columns "
              + String.join(", ", expected.fieldNames())
              + ", found "
              + String.join(", ", found.fieldNames()));
      return;
    }
    boolean missingIsNull = mayLack || format.equals("json") || format.equals("xml");
    for (StructField field : expected.fields()) {
      int at = foundNames.indexOf(key(field.name()));
      if (at < 0) {
        if (!missingIsNull) {
          differences.add("column " + field.name() + " is missing");
        }
      } else if (!fits(field.dataType(), found.fields()[at].dataType())) {
        differences.add(
            String.format(
                "column %s: expected %s, found %s",
                field.name(), field.dataType().sql(), found.fields()[at].dataType().sql()));
      }
    }
    for (StructField field : found.fields()) {
      if (!names.contains(key(field.name()))) {
        differences.add("column " + field.name() + " is new");
      }
    }
  }

  private List<String> names(StructType columns) {
    return Arrays.stream(columns.fieldNames()).map(this::key).toList();
  }

  private String key(String name) {
    return caseSensitive ? name : name.toLowerCase(Locale.ROOT);
  }

  private boolean fits(DataType expectedType, DataType foundType) {
    if (isTyped()) {
      return DataType.equalsIgnoreNullability(expectedType, foundType);
    }
    if (expectedType instanceof StructType fields && foundType instanceof StructType foundFields) {
      return difference(fields, foundFields, "json", mayLack).isEmpty();
    }
    if (expectedType instanceof ArrayType array && foundType instanceof ArrayType foundArray) {
      return fits(array.elementType(), foundArray.elementType());
    }
    if (expectedType instanceof MapType) {
      return foundType instanceof StructType; // With the keys that values have.
    }
    if (isNested(expectedType) || isNested(foundType)) {
      return false;
    }
    if (expectedType instanceof NumericType && foundType instanceof NumericType) {
      return expectedType.equals(foundType) || isWider(expectedType, foundType);
    }
    return expectedType instanceof StringType || expectedType.equals(foundType);
  }

  private boolean isTyped() {
    return TYPED.contains(format) || !FileFormats.isFileFormat(format);
  }

  private static boolean isNested(DataType type) {
    return type instanceof StructType || type instanceof ArrayType;
  }

  /** Whether values of a type that was inferred from some numbers are of the other type, too. */
  private static boolean isWider(DataType type, DataType inferred) {
    return rank(type) >= rank(inferred);
  }

  private static int rank(DataType type) {
    return switch (type.typeName()) {
      case "byte", "short", "integer", "long" -> 0;
      case "float", "double" -> 2;
      default -> 1;
    };
  }
}
