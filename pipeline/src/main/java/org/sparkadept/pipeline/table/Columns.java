package org.sparkadept.pipeline.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.error.AdeptException;

/** Finds columns by their names, with or without regard to case as Spark's configuration says. */
public final class Columns {
  private final StructType schema;
  private final boolean caseSensitive;

  private Columns(StructType schema, boolean caseSensitive) {
    this.schema = schema;
    this.caseSensitive = caseSensitive;
  }

  /** Those of a table, under the configuration of the session that is active. */
  public static Columns of(StructType schema) {
    return new Columns(schema, SQLConf.get().caseSensitiveAnalysis());
  }

  /**
   * A column with text.
   *
   * @throws AdeptException if it is absent or not STRING
   */
  public StructField text(AskedColumn asked) {
    StructField field = find(asked);
    if (!(field.dataType() instanceof StringType)) {
      throw wrongType(field, asked, "STRING");
    }
    return field;
  }

  /**
   * A column with labels.
   *
   * @throws AdeptException if it is absent or cannot hold labels
   */
  public StructField label(AskedColumn asked) {
    StructField field = find(asked);
    DataType type = field.dataType();
    if (!(type instanceof StringType
        || type instanceof NumericType
        || type instanceof BooleanType)) {
      throw wrongType(field, asked, "STRING, BOOLEAN or a number");
    }
    return field;
  }

  /**
   * The names of labels: the text itself; of a number the name that an indexer has left for it in
   * the column's metadata, else its digits, without a point where it is whole.
   */
  public static Column labelNames(StructField label) {
    Column value = column(label);
    if (!(label.dataType() instanceof NumericType)) {
      return value.cast(DataTypes.StringType);
    }
    Column whole = value.cast(DataTypes.LongType);
    if (Attribute.fromStructField(label) instanceof NominalAttribute nominal
        && nominal.values().isDefined()) {
      return functions.element_at(
          lit(nominal.values().get()), whole.plus(lit(1)).cast(DataTypes.IntegerType));
    }
    return when(value.equalTo(whole), whole.cast(DataTypes.StringType))
        .otherwise(value.cast(DataTypes.StringType));
  }

  private StructField find(AskedColumn asked) {
    List<String> columns = new ArrayList<>();
    for (StructField field : schema.fields()) {
      if (same(field.name(), asked.name())) {
        return field;
      }
      columns.add(field.name() + " " + field.dataType().sql());
    }
    throw new AdeptException(
        "The input has no column '"
            + asked.name()
            + "' ("
            + asked.option()
            + "). It has "
            + (columns.isEmpty() ? "no columns at all" : String.join(", ", columns))
            + ".");
  }

  /**
   * Makes sure that a name is free.
   *
   * @throws AdeptException if the table has such a column
   */
  public void requireFree(String name) {
    for (String taken : schema.fieldNames()) {
      if (same(taken, name)) {
        throw new AdeptException(
            "Column '" + taken + "' is there already; set another name or drop it.");
      }
    }
  }

  private boolean same(String name, String other) {
    return caseSensitive ? name.equals(other) : name.equalsIgnoreCase(other);
  }

  private static AdeptException wrongType(StructField field, AskedColumn asked, String rule) {
    return new AdeptException(
        String.format(
            "Column '%s' (%s) must be %s, but is %s.",
            field.name(), asked.option(), rule, field.dataType().sql()));
  }

  /** A field as a column, whatever characters its name has. */
  public static Column column(StructField field) {
    return column(field.name());
  }

  /** A column by its exact name, whatever characters that has. */
  public static Column column(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }
}
