package org.sparkadept.udfs.table;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.format.SimilarNames;
import org.sparkadept.udfs.plan.TextStruct;
import org.sparkadept.udfs.plan.logical.PackedTexts;

/**
 * The columns of an input, found by name; {@code spark.sql.caseSensitive} says whether case counts.
 */
public final class InputColumns {
  private final StructType schema;
  private final boolean caseSensitive;

  private InputColumns(StructType schema, boolean caseSensitive) {
    this.schema = schema;
    this.caseSensitive = caseSensitive;
  }

  /** The columns of a schema, under the configuration of the active session. */
  public static InputColumns of(StructType schema) {
    return new InputColumns(schema, SQLConf.get().caseSensitiveAnalysis());
  }

  /** The columns of a data set, under the configuration of its session. */
  public static InputColumns of(Dataset<?> input) {
    return new InputColumns(
        input.schema(), input.sparkSession().sessionState().conf().caseSensitiveAnalysis());
  }

  /**
   * The text of a row: that of one column, or those of several as one ({@link TextStruct#pack}).
   *
   * @throws AdeptException if columns are absent, or one is of a type that is not read as text
   */
  public Column text(TextColumns text) {
    if (!text.ofPrompt()) {
      return text(text.columns().get(0));
    }
    List<NamedColumn> missing =
        text.columns().stream().filter(each -> path(schema, each.name()).isEmpty()).toList();
    if (!missing.isEmpty()) {
      throw absent(missing);
    }
    List<Column> columns = new ArrayList<>();
    for (NamedColumn column : text.columns()) {
      List<StructField> path = path(schema, column.name());
      StructField field = path.get(path.size() - 1);
      if (!PackedTexts.canRead(field.dataType())) {
        throw wrongType(field, column, PackedTexts.TYPES);
      }
      columns.add(column(path));
    }
    return columns.size() == 1 ? columns.get(0).cast("string") : TextStruct.pack(columns);
  }

  /**
   * A column with text, or a field of a struct, by its path ({@code doc.body}).
   *
   * @throws AdeptException if it is absent or not STRING
   */
  public Column text(NamedColumn column) {
    List<StructField> path = path(schema, column.name());
    if (path.isEmpty()) {
      throw absent(List.of(column));
    }
    StructField field = path.get(path.size() - 1);
    if (!(field.dataType() instanceof StringType)) {
      throw wrongType(field, column, "STRING");
    }
    return column(path);
  }

  private static Column column(List<StructField> path) {
    return path.stream()
        .map(InputColumns::quoted)
        .collect(Collectors.collectingAndThen(Collectors.joining("."), functions::col));
  }

  /** The field that a name stands for, after those that it lies in; empty if there is none. */
  private List<StructField> path(StructType fields, String name) {
    for (StructField field : fields.fields()) {
      String key = key(field.name());
      if (key.equals(key(name))) {
        return List.of(field);
      }
      if (field.dataType() instanceof StructType inner && key(name).startsWith(key + ".")) {
        List<StructField> below = path(inner, name.substring(key.length() + 1));
        if (!below.isEmpty()) {
          List<StructField> path = new ArrayList<>(List.of(field));
          path.addAll(below);
          return path;
        }
      }
    }
    return List.of();
  }

  /**
   * A column with labels.
   *
   * @throws AdeptException if it is absent or cannot hold labels
   */
  public StructField label(NamedColumn column) {
    StructField field = find(column);
    DataType type = field.dataType();
    if (!(type instanceof StringType
        || type instanceof NumericType
        || type instanceof BooleanType
        || isLabelArray(type))) {
      throw wrongType(field, column, "STRING, BOOLEAN, a number or ARRAY<STRING>");
    }
    return field;
  }

  /** Whether a column of a type has any number of labels in a row. */
  public static boolean isLabelArray(DataType type) {
    return type instanceof ArrayType array && array.elementType() instanceof StringType;
  }

  /**
   * Checks that each name is there once.
   *
   * @throws AdeptException if two columns have one name
   */
  public void requireDistinct() {
    Set<String> names = new HashSet<>();
    for (String name : schema.fieldNames()) {
      if (!names.add(key(name))) {
        throw new AdeptException(
            "The input has two columns named '" + name + "'; rename one of them.");
      }
    }
  }

  /**
   * Checks that a result column may have a name.
   *
   * @param remedy how the user can name the result column otherwise, for the message
   * @throws AdeptException if the input has a column of that name
   */
  public void requireFree(String name, String remedy) {
    for (String taken : schema.fieldNames()) {
      if (key(taken).equals(key(name))) {
        throw new AdeptException(
            String.format(
                "The input already has a column '%s', which is also the name of a result column."
                    + " %s, or drop or rename the input's column.",
                name, remedy));
      }
    }
  }

  private StructField find(NamedColumn column) {
    for (StructField field : schema.fields()) {
      if (key(field.name()).equals(key(column.name()))) {
        return field;
      }
    }
    throw absent(List.of(column));
  }

  private AdeptException absent(List<NamedColumn> missing) {
    NamedColumn first = missing.get(0);
    String names =
        missing.stream().map(each -> "'" + each.name() + "'").collect(Collectors.joining(", "));
    List<String> similar = SimilarNames.of(first.name(), List.of(schema.fieldNames()));
    return new AdeptException(
        String.format(
            "The input has no column%s %s (%s)%s It has %s.",
            missing.size() == 1 ? "" : "s",
            names,
            first.option(),
            similar.isEmpty() ? "." : "; did you mean '" + similar.get(0) + "'?",
            describe()));
  }

  private AdeptException wrongType(StructField field, NamedColumn column, String rule) {
    return new AdeptException(
        String.format(
            "Column '%s' (%s) must be %s, but is %s. The input has %s.",
            field.name(), column.option(), rule, field.dataType().sql(), describe()));
  }

  private String describe() {
    List<String> columns = new ArrayList<>();
    for (StructField field : schema.fields()) {
      columns.add(field.name() + " " + field.dataType().sql());
    }
    return columns.isEmpty() ? "no columns at all" : String.join(", ", columns);
  }

  private String key(String name) {
    return caseSensitive ? name : name.toLowerCase(Locale.ROOT);
  }

  /** A field as a column, whatever characters its name has. */
  public static Column column(StructField field) {
    return column(field.name());
  }

  /** A column by its exact name, whatever characters that has. */
  public static Column column(String name) {
    return functions.col(quoted(name));
  }

  private static String quoted(StructField field) {
    return quoted(field.name());
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
