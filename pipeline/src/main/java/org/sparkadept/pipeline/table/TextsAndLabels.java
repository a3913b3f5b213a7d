package org.sparkadept.pipeline.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.table.InputColumns;
import org.sparkadept.udfs.table.NamedColumn;

/** A table of two columns: texts and their true labels. */
public final class TextsAndLabels {
  /** Index of the column with the text, as bytes: it is not converted to UTF-16 and back. */
  public static final int TEXT = 0;

  /** Index of the column with the label, as text. */
  public static final int LABEL = 1;

  /** Name of a column with texts, where no other is given. */
  public static final String TEXT_COLUMN = "text";

  /** Name of a column with labels, where no other is given. */
  public static final String LABEL_COLUMN = "label";

  private static final int SHOWN = 10;

  private TextsAndLabels() {}

  /**
   * Picks the two columns.
   *
   * @throws AdeptException if one is absent or of a type that cannot be used
   */
  public static Dataset<Row> of(Dataset<Row> input, NamedColumn text, NamedColumn label) {
    InputColumns columns = InputColumns.of(input.schema());
    return input.select(
        InputColumns.column(columns.text(text)).cast(DataTypes.BinaryType).as("text"),
        labelNames(columns.label(label)).as("label"));
  }

  /**
   * The names of labels: the text itself; of a number the name that an indexer has left for it in
   * the column's metadata, else its digits, without a point where it is whole.
   */
  public static Column labelNames(StructField label) {
    Column value = InputColumns.column(label);
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

  /**
   * Fails if there are labels that a model does not have; reads the label column alone.
   *
   * @throws AdeptException that lists the most frequent ones
   */
  public static void requireKnown(Dataset<Row> rows, List<String> known) {
    Column unknown =
        col("label").isNotNull().and(not(col("label").isInCollection(Set.copyOf(known))));
    List<Row> found =
        rows.where(unknown)
            .groupBy("label")
            .count()
            .orderBy(col("count").desc(), col("label"))
            .limit(SHOWN + 1)
            .collectAsList();
    if (found.isEmpty()) {
      return;
    }
    List<String> shown = new ArrayList<>();
    for (Row row : found.subList(0, Math.min(SHOWN, found.size()))) {
      shown.add("'" + row.getString(0) + "' (rows: " + row.getLong(1) + ")");
    }
    throw new AdeptException(
        "The label column has labels that the model does not: "
            + String.join(", ", shown)
            + (found.size() > SHOWN ? " and more" : "")
            + ". The model has "
            + list(known)
            + ". Correct the labels, or count such rows as wrong: --unknown-labels count.");
  }

  private static String list(List<String> labels) {
    return labels.size() <= 2 * SHOWN
        ? String.join(", ", labels)
        : String.join(", ", labels.subList(0, SHOWN)) + " and " + (labels.size() - SHOWN) + " more";
  }
}
