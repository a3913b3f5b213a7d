package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.trim;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.sparkadept.decoder.error.AdeptException;

/**
 * Counts of rows that may have several labels, at least one each: an empty array may be one whose
 * labels were lost, as by {@code collect_list} of NULLs.
 */
final class MultiLabelRows {
  private MultiLabelRows() {}

  /** As {@link SplitRows#count}. */
  static SplitCounts count(Dataset<Row> rows, FitSettings.Columns names) {
    Column text = col(SplitRows.TEXT);
    Column labels = col(SplitRows.LABEL);
    Column blank = exists(labels, label -> coalesce(trim(label), lit("")).equalTo(""));
    List<Row> splits =
        rows.groupBy(SplitRows.SPLIT)
            .agg(
                functions.count(lit(1)),
                count_if(text.isNull()),
                count_if(trim(text).equalTo("")),
                count_if(labels.isNull()),
                count_if(size(labels).equalTo(0)),
                count_if(blank))
            .orderBy(SplitRows.SPLIT)
            .limit(SplitRows.MAX_GROUPS)
            .collectAsList();
    requireLabels(names.label().name(), sum(splits, 4), sum(splits, 5), sum(splits, 6));
    long missing = sum(splits, 2);
    if (missing + sum(splits, 3) > 0) {
      throw SplitRows.noTexts(names.text().toString(), missing, sum(splits, 3), "");
    }
    SplitCounts counts = SplitCounts.empty(true);
    for (Row split : splits) {
      SplitRows.requireSplit(split.getString(0), split.getLong(1));
      counts.rows().put(split.getString(0), split.getLong(1));
    }
    List<Row> groups =
        rows.select(col(SplitRows.SPLIT), explode(labels).as(SplitRows.LABEL))
            .groupBy(SplitRows.SPLIT, SplitRows.LABEL)
            .agg(functions.count(lit(1)))
            .orderBy(SplitRows.SPLIT, SplitRows.LABEL)
            .limit(SplitRows.MAX_GROUPS + 1)
            .collectAsList();
    SplitRows.requireFewLabels(groups);
    for (Row group : groups) {
      counts.of(group.getString(0)).put(group.getString(1), group.getLong(2));
    }
    return counts;
  }

  private static long sum(List<Row> splits, int column) {
    return splits.stream().mapToLong(split -> split.getLong(column)).sum();
  }

  private static void requireLabels(String column, long missing, long empty, long blank) {
    if (missing + empty + blank > 0) {
      throw new AdeptException(
          String.format(
              "%d rows have no label in column '%s' (NULL: %d, empty array: %d), and %d rows have an"
                  + " array with a label that is NULL or blank; filter these out, or give rows that"
                  + " fit no label one of their own, such as 'none'.",
              missing + empty, column, missing, empty, blank));
    }
  }
}
