package org.sparkadept.udfs.ipc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.error.AdeptException;

/** The columns of a file, by name. */
final class FileColumns {
  private final List<Field> fields;
  private final IpcInput input;
  private final Path path;

  FileColumns(IpcFile file) {
    fields = file.fields();
    input = file.input();
    path = input.path();
  }

  /**
   * Spark's schema of the file: all columns, all nullable.
   *
   * @throws AdeptException if Spark has no type for one, or two have one name
   */
  StructType schema() throws IOException {
    StructType schema = new StructType();
    for (Field field : fields) {
      if (schema.getFieldIndex(field.getName()).isDefined()) {
        throw new AdeptException(
            String.format(
                "The Arrow file %s has two columns named '%s'; rename one of them.",
                path, field.getName()));
      }
      schema = schema.add(field.getName(), plan(field).type(), true);
    }
    return schema;
  }

  private ColumnPlan plan(Field field) throws IOException {
    return input.parse(
        "the type of column '" + field.getName() + "'",
        () -> {
          ColumnPlan plan = ColumnPlan.of(field, path);
          plan.checkTypes();
          return plan;
        });
  }

  /**
   * Finds wanted columns.
   *
   * @return index of each
   * @throws AdeptException if one is not there, or more than once
   */
  int[] find(StructType wanted, boolean caseSensitive) {
    int[] indices = new int[wanted.size()];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = find(wanted.fields()[i].name(), caseSensitive);
    }
    return indices;
  }

  private int find(String name, boolean caseSensitive) {
    List<Integer> exact = new ArrayList<>();
    List<Integer> similar = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).getName().equals(name)) {
        exact.add(i);
      } else if (!caseSensitive && fields.get(i).getName().equalsIgnoreCase(name)) {
        similar.add(i);
      }
    }
    List<Integer> found = exact.isEmpty() ? similar : exact;
    if (found.size() != 1) {
      throw new AdeptException(
          String.format(
              "The Arrow file %s has %s '%s', which the table's schema requires; it has"
                  + " %s. Read files of different schemas separately.",
              path, found.isEmpty() ? "no column" : found.size() + " columns", name, names()));
    }
    return found.get(0);
  }

  private List<String> names() {
    return fields.stream().map(Field::getName).toList();
  }

  /**
   * How wanted columns are read.
   *
   * @param indices where they are, in the order of {@code wanted}
   * @return one for each of the file's columns; null for those that are not wanted
   * @throws AdeptException if one has another type in the file
   */
  List<ColumnPlan> plans(StructType wanted, int[] indices) throws IOException {
    List<ColumnPlan> plans = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      plans.add(null);
    }
    for (int i = 0; i < indices.length; i++) {
      ColumnPlan plan = plan(fields.get(indices[i]));
      StructField field = wanted.fields()[i];
      if (!DataType.equalsIgnoreNullability(plan.type(), field.dataType())) {
        throw new AdeptException(
            String.format(
                "Column '%s' of the Arrow file %s is %s, but %s in the table's schema."
                    + " Read files of different schemas separately, or cast the column after it"
                    + " is read.",
                field.name(), path, plan.type().sql(), field.dataType().sql()));
      }
      plans.set(indices[i], plan);
    }
    return plans;
  }
}
