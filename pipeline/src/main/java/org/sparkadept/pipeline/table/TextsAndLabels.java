package org.sparkadept.pipeline.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.not;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.table.InputColumns;
import org.sparkadept.udfs.table.NamedColumn;
import org.sparkadept.udfs.table.TextColumns;

/** A table of two columns: texts and their true labels, one or an array of them. */
public final class TextsAndLabels {
  /** Index of the column with the text, as bytes: it is not converted to UTF-16 and back. */
  public static final int TEXT = 0;

  /** Index of the column with the label, as text, or with an array of labels. */
  public static final int LABEL = 1;

  /** Name of a column with labels, where no other is given. */
  public static final String LABEL_COLUMN = "label";

  private static final int SHOWN = 10;

  private TextsAndLabels() {}

  /**
   * Picks the text and the label of each row.
   *
   * @param multiLabel whether rows may have several labels by the model
   * @throws AdeptException if one is absent or of a type that cannot be used, by this model
   */
  public static Dataset<Row> of(
      Dataset<Row> input, TextColumns text, NamedColumn label, boolean multiLabel) {
    InputColumns columns = InputColumns.of(input.schema());
    StructField field = columns.label(label);
    if (InputColumns.isLabelArray(field.dataType()) != multiLabel) {
      throw new AdeptException(
          String.format(
              multiLabel
                  ? "The model is multi-label: column '%s' (%s) must be ARRAY<STRING>, but is %s."
                      + " Use array(%s) to give each row one label, or a single-label model."
                  : "The model gives each row one label: column '%1$s' (%2$s) must not be %3$s. Use a"
                      + " column with one label, or a model that was fitted on such arrays.",
              field.name(),
              label.option(),
              field.dataType().sql(),
              field.name()));
    }
    return input.select(
        columns.text(text).cast(DataTypes.BinaryType).as("text"),
        LabelNames.column(field).as("label"));
  }

  /** Whether a row has a label: neither NULL nor an empty array. */
  public static boolean hasLabel(Row row) {
    return !row.isNullAt(LABEL)
        && (row.get(LABEL) instanceof String || !row.getList(LABEL).isEmpty());
  }

  /**
   * Fails if there are labels that a model does not have; reads the label column alone.
   *
   * @throws AdeptException that lists the most frequent ones
   */
  public static void requireKnown(Dataset<Row> rows, List<String> known) {
    boolean arrays = InputColumns.isLabelArray(rows.schema().apply("label").dataType());
    Dataset<Row> labels = rows.where(col("label").isNotNull());
    labels = labels.select((arrays ? explode(col("label")) : col("label")).as("label"));
    Column unknown = col("label").isNull().or(not(col("label").isInCollection(Set.copyOf(known))));
    List<Row> found =
        labels
            .where(unknown)
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
      String name = row.isNullAt(0) ? "NULL" : "'" + row.getString(0) + "'";
      shown.add(name + " (rows: " + row.getLong(1) + ")");
    }
    throw new AdeptException(
        "The label column has labels that the model does not: "
            + String.join(", ", shown)
            + (found.size() > SHOWN ? " and more" : "")
            + ". The model has "
            + new LabelIndex(known)
            + ". Correct the labels, or count such rows as wrong: --unknown-labels count.");
  }
}
