package org.sparkadept.udfs.scoring;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.error.AdeptException;

/** The columns of an input, and which of them holds the text. */
final class InputColumns {
  private final StructType schema;
  private final boolean caseSensitive;

  /**
   * @throws AdeptException if two columns have one name
   */
  InputColumns(StructType schema, boolean caseSensitive) {
    this.schema = schema;
    this.caseSensitive = caseSensitive;
    Set<String> seen = new HashSet<>();
    for (String name : schema.fieldNames()) {
      if (!seen.add(key(name))) {
        throw new AdeptException(
            "The input has two columns named '" + name + "'; rename one of them.");
      }
    }
  }

  /**
   * Checks that a result column may have a name.
   *
   * @throws AdeptException if a column of this name is there, as Spark compares names
   */
  void checkFree(String name) {
    if (indexOf(name) >= 0) {
      throw new AdeptException(
          "The input has a column '"
              + name
              + "' already, which is also the name of a result column. Give the result columns"
              + " a prefix (for instance --output-prefix adept_), or drop or rename the column.");
    }
  }

  /**
   * The text column.
   *
   * @throws AdeptException if it is not there or no STRING
   */
  StructField text(String name) {
    int index = indexOf(name);
    if (index < 0) {
      throw new AdeptException(
          "The input has no column '"
              + name
              + "'. It has "
              + describe()
              + ". Name the column that holds the text (--text-column).");
    }
    StructField field = schema.fields()[index];
    if (!(field.dataType() instanceof StringType)) {
      throw new AdeptException(
          "Column '"
              + field.name()
              + "' is "
              + field.dataType().sql()
              + ", but the text to classify must be STRING. The input has "
              + describe()
              + ".");
    }
    return field;
  }

  private int indexOf(String name) {
    String[] names = schema.fieldNames();
    for (int i = 0; i < names.length; i++) {
      if (key(names[i]).equals(key(name))) {
        return i;
      }
    }
    return -1;
  }

  private String key(String name) {
    return caseSensitive ? name : name.toLowerCase(Locale.ROOT);
  }

  private String describe() {
    if (schema.isEmpty()) {
      return "no columns at all";
    }
    List<String> columns = new ArrayList<>();
    for (StructField field : schema.fields()) {
      columns.add(field.name() + " " + field.dataType().sql());
    }
    return "the columns " + String.join(", ", columns);
  }
}
