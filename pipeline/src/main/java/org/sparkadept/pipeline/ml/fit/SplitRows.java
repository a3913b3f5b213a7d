package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.table.TextsAndLabels;
import org.sparkadept.udfs.table.InputColumns;

/** The rows of a fit: {@code text}, {@code label}, and the {@code split} that each belongs to. */
final class SplitRows {
  static final String TEXT = "text";
  static final String LABEL = "label";
  static final String SPLIT = "split";
  private static final int MAX_LABELS = 10_000;
  private static final long BUCKETS = 1L << 24;

  private SplitRows() {}

  /**
   * Selects the columns of an input and splits its rows.
   *
   * @throws AdeptException if a column is absent or of another type
   */
  static Dataset<Row> of(Dataset<?> input, FitSettings settings) {
    InputColumns columns = InputColumns.of(input.schema());
    FitSettings.Columns names = settings.columns();
    Column text = InputColumns.column(columns.text(names.text()));
    Column label = TextsAndLabels.labelNames(columns.label(names.label()));
    Column split =
        names.split().name().isEmpty()
            ? byHash(text, label, settings.split())
            : InputColumns.column(columns.text(names.split()));
    return input.select(text.as(TEXT), label.as(LABEL), split.as(SPLIT));
  }

  private static Column byHash(Column text, Column label, FitSettings.Split split) {
    Column hash = xxhash64(lit(split.seed()), text, label);
    Column share = pmod(hash, lit(BUCKETS)).divide(lit((double) BUCKETS));
    return when(share.lt(lit(split.train())), SplitCounts.TRAIN)
        .when(share.lt(lit(split.train() + split.validation())), SplitCounts.VALIDATION)
        .otherwise(SplitCounts.CALIBRATION);
  }

  /** The rows of one split. */
  static Dataset<Row> only(String split, Dataset<Row> rows) {
    return rows.filter(col(SPLIT).equalTo(split));
  }

  /**
   * A bounded sample of texts in UTF-8, the same for the same seed, distributed over all cores.
   *
   * @param count at most so many
   */
  static JavaRDD<byte[]> sample(Dataset<Row> rows, long count, long seed) {
    SparkContext spark = rows.sparkSession().sparkContext();
    List<byte[]> texts =
        rows
            .select(col(TEXT))
            .orderBy(xxhash64(lit(~seed), col(TEXT)))
            .limit((int) Math.min(count, Integer.MAX_VALUE))
            .collectAsList()
            .stream()
            .map(row -> row.getString(0).getBytes(StandardCharsets.UTF_8))
            .toList();
    return JavaSparkContext.fromSparkContext(spark).parallelize(texts, spark.defaultParallelism());
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
                "%1$d rows have no %2$s (NULL or blank); filter them out.",
                label == null || label.isBlank() ? found : found - group.getLong(3),
                label == null || label.isBlank() ? "label" : "text"));
      }
      if (split == null
          || !List.of(SplitCounts.TRAIN, SplitCounts.VALIDATION, SplitCounts.CALIBRATION)
              .contains(split)) {
        throw new AdeptException(
            String.format(
                "%d rows have the split '%s'; allowed are train, validation and calibration.",
                found, split));
      }
      counts.of(split).merge(label, found, Long::sum);
    }
    return counts;
  }
}
