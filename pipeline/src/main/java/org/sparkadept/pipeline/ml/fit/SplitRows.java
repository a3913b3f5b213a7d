package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.lower;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.trim;
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
import org.apache.spark.sql.types.StructField;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.prompt.RowTexts;
import org.sparkadept.pipeline.table.LabelNames;
import org.sparkadept.udfs.table.InputColumns;

/**
 * The rows of a fit: {@code text}, {@code label}, which is one or an array of them, and the {@code
 * split} that each belongs to.
 */
public final class SplitRows {
  public static final String TEXT = "text";
  public static final String LABEL = "label";
  public static final String SPLIT = "split";
  private static final int MAX_LABELS = 10_000;

  /** Groups of split and label. */
  static final int MAX_GROUPS = 3 * MAX_LABELS;

  private static final long FOLD_SEED = 3;
  private static final long SAMPLE_SEED = 4;
  private static final long BUCKETS = 1L << 24;
  private static final List<String> SPLITS =
      List.of(SplitCounts.TRAIN, SplitCounts.VALIDATION, SplitCounts.CALIBRATION);

  private SplitRows() {}

  /**
   * Selects the columns of an input and splits its rows.
   *
   * @throws AdeptException if a column is absent or of another type
   */
  public static Dataset<Row> of(Dataset<?> input, FitSettings settings) {
    InputColumns columns = InputColumns.of(input.schema());
    FitSettings.Columns names = settings.columns();
    Column text = columns.text(names.text());
    Column label = LabelNames.column(label(input, settings));
    Column split =
        names.split().name().isEmpty()
            ? byHash(text, settings.split())
            : columns.text(names.split());
    return input.select(text.as(TEXT), label.as(LABEL), split.as(SPLIT));
  }

  /**
   * The label column of an input.
   *
   * @throws AdeptException if it is absent or of another type
   */
  public static StructField label(Dataset<?> input, FitSettings settings) {
    return InputColumns.of(input.schema()).label(settings.columns().label());
  }

  /** By the text alone, whatever its case and blanks: equal texts are in the same split. */
  private static Column byHash(Column text, FitSettings.Split split) {
    Column hash = xxhash64(lit(split.seed()), normalized(text));
    Column share = pmod(hash, lit(BUCKETS)).divide(lit((double) BUCKETS));
    return when(share.lt(lit(split.train())), SplitCounts.TRAIN)
        .when(share.lt(lit(split.train() + split.validation())), SplitCounts.VALIDATION)
        .otherwise(SplitCounts.CALIBRATION);
  }

  private static Column normalized(Column text) {
    return lower(trim(regexp_replace(text, lit("\\s+"), lit(" "))));
  }

  /** One of some folds for each row of {@link #of}, by the text as in a split. */
  static Column fold(int folds) {
    return pmod(xxhash64(lit(FOLD_SEED), normalized(col(TEXT))), lit(folds)).cast("int");
  }

  /** Whether a row is in a sample of some share, the same in every run; by the text. */
  static Column sampled(double share) {
    Column hash = xxhash64(lit(SAMPLE_SEED), normalized(col(TEXT)));
    return pmod(hash, lit(BUCKETS)).lt(lit((long) (share * BUCKETS)));
  }

  /** The columns of {@link #of}. */
  static Column[] columns() {
    return new Column[] {col(TEXT), col(LABEL), col(SPLIT)};
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
   * @param rows of {@link #of}
   * @param names the columns as the user named them, for messages
   * @throws AdeptException if a label or text is missing or blank, a split is missing or has
   *     another name, or there are too many labels
   */
  public static SplitCounts count(Dataset<Row> rows, FitSettings.Columns names) {
    return isMultiLabel(rows) ? MultiLabelRows.count(rows, names) : countSingle(rows, names);
  }

  /** Whether rows may have several labels. */
  public static boolean isMultiLabel(Dataset<Row> rows) {
    return InputColumns.isLabelArray(rows.schema().apply(LABEL).dataType());
  }

  private static SplitCounts countSingle(Dataset<Row> rows, FitSettings.Columns names) {
    Column noText = functions.count_if(col(TEXT).isNull());
    Column blankText = functions.count_if(trim(withoutSeparators()).equalTo(""));
    List<Row> groups =
        rows.groupBy(SPLIT, LABEL)
            .agg(functions.count(lit(1)), noText, blankText)
            .orderBy(SPLIT, LABEL)
            .limit(MAX_GROUPS + 1)
            .collectAsList();
    requireFewLabels(groups);
    requireLabels(groups, names.label().name());
    requireTexts(groups, names.text().toString());
    SplitCounts counts = SplitCounts.empty(false);
    for (Row group : groups) {
      String split = group.getString(0);
      requireSplit(split, group.getLong(2));
      counts.of(split).merge(group.getString(1), group.getLong(2), Long::sum);
      counts.rows().merge(split, group.getLong(2), Long::sum);
    }
    return counts;
  }

  /** Refuses more groups of split and label than {@link #MAX_GROUPS}. */
  static void requireFewLabels(List<Row> groups) {
    if (groups.size() > MAX_GROUPS) {
      throw new AdeptException(
          "There are more than " + MAX_LABELS + " labels; is it the right column?");
    }
  }

  /** Refuses a split that is none. */
  static void requireSplit(String split, long rows) {
    if (split == null || !SPLITS.contains(split)) {
      throw new AdeptException(
          String.format(
              "%d rows have the split '%s'; allowed are train, validation and calibration.",
              rows, split));
    }
  }

  /** The texts of all columns that the prompt reads, one behind the other. */
  private static Column withoutSeparators() {
    return functions.translate(col(TEXT), String.valueOf(RowTexts.SEPARATOR), "");
  }

  private static void requireLabels(List<Row> groups, String column) {
    long missing = 0;
    for (Row group : groups) {
      String label = group.getString(1);
      missing += label == null || label.isBlank() ? group.getLong(2) : 0;
    }
    if (missing > 0) {
      throw new AdeptException(
          String.format(
              "%d rows have no label in column '%s' (NULL, NaN or blank); filter them out.",
              missing, column));
    }
  }

  private static void requireTexts(List<Row> groups, String column) {
    long missing = 0;
    long blank = 0;
    Row example = null;
    for (Row group : groups) {
      missing += group.getLong(3);
      blank += group.getLong(4);
      example = example == null && group.getLong(3) + group.getLong(4) > 0 ? group : example;
    }
    if (example != null) {
      String such = ", such as one with the label '" + example.getString(1) + "'";
      throw noTexts(column, missing, blank, such);
    }
  }

  /**
   * Tells of rows without a text.
   *
   * @param missing rows where it is NULL
   * @param blank rows where it is blank
   * @param example of such a row, as the rest of the sentence; may be empty
   */
  static AdeptException noTexts(String column, long missing, long blank, String example) {
    return new AdeptException(
        String.format(
            "%d rows have no text in column '%s' (NULL: %d, empty or only spaces: %d)%s; keep the"
                + " rows where trim(`%s`) <> ''.",
            missing + blank, column, missing, blank, example, column));
  }
}
