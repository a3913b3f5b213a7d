package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.table.TextsAndLabels;
import org.sparkadept.udfs.table.InputColumns;

/** The input of a fit under fixed names: {@code text}, {@code label}, {@code split}; checked. */
final class DividedRows {
  static final String TEXT = "text";
  static final String LABEL = "label";
  static final String SPLIT = "split";
  private static final int MAX_LABELS = 10_000;
  private static final long BUCKETS = 1L << 24;

  private DividedRows() {}

  /**
   * Renames and divides.
   *
   * @throws AdeptException if a column is absent or of another type
   */
  static Dataset<Row> of(Dataset<?> input, FitSettings settings) {
    InputColumns columns = InputColumns.of(input.schema());
    FitSettings.Columns asked = settings.columns();
    Column text = InputColumns.column(columns.text(asked.text()));
    Column label = TextsAndLabels.labelNames(columns.label(asked.label()));
    Column split =
        asked.split().name().isEmpty()
            ? byHash(text, label, settings.split())
            : InputColumns.column(columns.text(asked.split()));
    return input.select(text.as(TEXT), label.as(LABEL), split.as(SPLIT));
  }

  private static Column byHash(Column text, Column label, FitSettings.Split split) {
    Column hash = xxhash64(lit(split.seed()), text, label);
    Column share = pmod(hash, lit(BUCKETS)).divide(lit((double) BUCKETS));
    return when(share.lt(lit(split.train())), SplitCounts.TRAIN)
        .when(share.lt(lit(split.train() + split.validation())), SplitCounts.VALIDATION)
        .otherwise(SplitCounts.CALIBRATION);
  }

  /**
   * Counts labels by split.
   *
   * @throws AdeptException if a text, label or split is NULL, a split has another name, or there
   *     are too many labels
   */
  static SplitCounts count(Dataset<Row> rows) {
    List<Row> groups =
        rows.groupBy(SPLIT, LABEL)
            .agg(functions.count(lit(1)).as("rows"), functions.count(col(TEXT)).as("texts"))
            .limit(3 * MAX_LABELS + 1)
            .collectAsList();
    if (groups.size() > 3 * MAX_LABELS) {
      throw new AdeptException(
          "There are more than " + MAX_LABELS + " labels; is it the right column?");
    }
    SplitCounts counts = SplitCounts.empty();
    for (Row group : groups) {
      String split = group.getString(0);
      String label = group.getString(1);
      long found = group.getLong(2);
      if (label == null || label.isBlank() || group.getLong(3) < found) {
        throw new AdeptException(
            String.format(
                "Rows without a %2$s (NULL or blank): %1$d; leave them out, for instance with a filter.",
                label == null || label.isBlank() ? found : found - group.getLong(3),
                label == null || label.isBlank() ? "label" : "text"));
      }
      if (split == null
          || !List.of(SplitCounts.TRAIN, SplitCounts.VALIDATION, SplitCounts.CALIBRATION)
              .contains(split)) {
        throw new AdeptException(
            String.format(
                "%d rows have the split '%s'; there are train, validation and calibration.",
                found, split));
      }
      counts.of(split).merge(label, found, Long::sum);
    }
    return counts;
  }
}
