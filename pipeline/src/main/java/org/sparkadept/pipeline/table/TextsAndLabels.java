package org.sparkadept.pipeline.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.table.InputColumns;
import org.sparkadept.udfs.table.NamedColumn;
import org.sparkadept.udfs.table.TextColumns;

/** A table of two columns: texts and their true labels. */
public final class TextsAndLabels {
  /** Index of the column with the text, as bytes: it is not converted to UTF-16 and back. */
  public static final int TEXT = 0;

  /** Index of the column with the label, as text. */
  public static final int LABEL = 1;

  /** Name of a column with labels, where no other is given. */
  public static final String LABEL_COLUMN = "label";

  private static final int SHOWN = 10;

  private TextsAndLabels() {}

  /**
   * Picks the text and the label of each row.
   *
   * @throws AdeptException if one is absent or of a type that cannot be used
   */
  public static Dataset<Row> of(Dataset<Row> input, TextColumns text, NamedColumn label) {
    InputColumns columns = InputColumns.of(input.schema());
    return input.select(
        columns.text(text).cast(DataTypes.BinaryType).as("text"),
        LabelNames.column(columns.label(label)).as("label"));
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
            + new LabelIndex(known)
            + ". Correct the labels, or count such rows as wrong: --unknown-labels count.");
  }
}
