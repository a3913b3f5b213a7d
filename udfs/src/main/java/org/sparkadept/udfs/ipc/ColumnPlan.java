package org.sparkadept.udfs.ipc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.util.ArrowUtils;
import org.sparkadept.decoder.error.AdeptException;

/**
 * How a column, or a part of a nested one, is stored in a file, and what Spark gets for it. Both
 * fields are plain: nullable where they may be, without metadata.
 *
 * @param stored its vector in the file; for a dictionary-encoded one, that of the indices
 * @param target the vector that Spark gets
 * @param children of lists, structs and maps
 * @param dictionary which dictionary decodes it; null if none does
 * @param values how that dictionary's values are stored; null if there is none
 */
record ColumnPlan(
    Field stored, Field target, List<ColumnPlan> children, Long dictionary, ColumnPlan values) {

  /**
   * @param file for messages
   * @throws AdeptException if Spark has no type for it; names column and type
   */
  static ColumnPlan of(Field field, Path file) {
    return plan(field.getName(), true, field, file, field.getName());
  }

  /** Spark's type. */
  DataType type() {
    return ArrowUtils.fromArrowField(target);
  }

  /**
   * Checks that there are vectors of its types, whose parameters may be anything in a damaged file.
   *
   * @throws RuntimeException of any kind if there are not
   */
  void checkTypes() {
    stored.createVector(ArrowUtils.rootAllocator()).close();
    target.createVector(ArrowUtils.rootAllocator()).close();
    ArrowUtils.fromArrowField(target);
    children.forEach(ColumnPlan::checkTypes);
    if (dictionary != null) {
      values.checkTypes();
    }
  }

  /** Whether the stored vector is what Spark gets. */
  boolean isAsStored() {
    return dictionary == null
        && stored.getType().equals(target.getType())
        && children.stream().allMatch(ColumnPlan::isAsStored);
  }

  /** Adds the dictionaries that decode it, and how their values are stored. */
  void collectDictionaries(Map<Long, ColumnPlan> dictionaries) {
    children.forEach(child -> child.collectDictionaries(dictionaries));
    if (dictionary != null) {
      dictionaries.putIfAbsent(dictionary, values);
      values.collectDictionaries(dictionaries);
    }
  }

  private static ColumnPlan plan(
      String name, boolean nullable, Field field, Path file, String column) {
    DictionaryEncoding encoding = field.getDictionary();
    if (encoding == null) {
      return plain(name, nullable, field, file, column);
    }
    ColumnPlan values = plain(name, true, field, file, column);
    Field indices = field(name, nullable, encoding.getIndexType(), List.of());
    Field target = field(name, nullable, values.target.getType(), values.target.getChildren());
    return new ColumnPlan(indices, target, List.of(), encoding.getId(), values);
  }

  private static ColumnPlan plain(
      String name, boolean nullable, Field field, Path file, String column) {
    ArrowType type = field.getType();
    ArrowType target;
    try {
      target = FileTypes.target(type);
    } catch (FileTypes.Unsupported e) {
      throw new AdeptException(
          String.format(
              "Column '%s' of the Arrow file %s is of Arrow's type %s, for which Spark has "
                  + "none: %s, or leave it out; or give a schema without it.",
              column, file, type, e.getMessage()));
    }
    List<ColumnPlan> children = children(target, field, file, column);
    return new ColumnPlan(
        field(name, nullable, type, children.stream().map(ColumnPlan::stored).toList()),
        field(name, nullable, target, children.stream().map(ColumnPlan::target).toList()),
        children,
        null,
        null);
  }

  private static List<ColumnPlan> children(
      ArrowType target, Field field, Path file, String column) {
    List<Field> fields = field.getChildren();
    List<ColumnPlan> children = new ArrayList<>();
    switch (target.getTypeID()) {
      case List -> {
        checkChildren(fields.size() == 1, file, column);
        children.add(plan("item", true, fields.get(0), file, column + "[]"));
      }
      case Map -> {
        checkChildren(fields.size() == 1 && fields.get(0).getChildren().size() == 2, file, column);
        children.add(entries(fields.get(0), file, column));
      }
      case Struct -> {
        Set<String> names = new HashSet<>();
        for (Field child : fields) {
          String path = column + "." + child.getName();
          if (child.getName() == null) {
            throw new AdeptException(
                "The Arrow file "
                    + file
                    + " has a field without a name in column '"
                    + column
                    + "'; give it one.");
          }
          if (!names.add(child.getName())) {
            throw new AdeptException(
                "The Arrow file " + file + " has two fields '" + path + "'; rename one of them.");
          }
          children.add(plan(child.getName(), true, child, file, path));
        }
      }
      default -> checkChildren(fields.isEmpty(), file, column);
    }
    return children;
  }

  private static ColumnPlan entries(Field field, Path file, String column) {
    List<ColumnPlan> pair =
        List.of(
            plan(MapVector.KEY_NAME, false, field.getChildren().get(0), file, column + ".key"),
            plan(MapVector.VALUE_NAME, true, field.getChildren().get(1), file, column + ".value"));
    return new ColumnPlan(
        entries(pair.stream().map(ColumnPlan::stored).toList()),
        entries(pair.stream().map(ColumnPlan::target).toList()),
        pair,
        null,
        null);
  }

  private static Field entries(List<Field> pair) {
    return field(MapVector.DATA_VECTOR_NAME, false, ArrowType.Struct.INSTANCE, pair);
  }

  private static Field field(String name, boolean nullable, ArrowType type, List<Field> children) {
    return new Field(name, new FieldType(nullable, type, null), children);
  }

  private static void checkChildren(boolean right, Path file, String column) {
    if (!right) {
      throw new AdeptException(
          String.format(
              "The schema of the Arrow file %s is damaged: column '%s' has not the children "
                  + "that its type needs. Write the file again.",
              file, column));
    }
  }
}
