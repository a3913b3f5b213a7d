package org.sparkadept.udfs.scoring;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.metrics.ScoringAccumulator;

/**
 * Scores a data set with a batch function over one text column.
 *
 * <p>STRING columns travel through the row objects as bytes, by casts that cost nothing: the text
 * is not converted to UTF-16 and back, and bytes that are not valid UTF-8 come out as they went in.
 * (Strings inside of structs, arrays and maps take Spark's usual way, which replaces such bytes.)
 */
public final class ArrowScoring {
  private static final String CASE_SENSITIVE = "spark.sql.caseSensitive";

  private ArrowScoring() {}

  /**
   * Adds the function's result to each row.
   *
   * @param input any data set
   * @param textColumn name of its STRING column with the text
   * @param function a function of one text
   * @param totals where the time of the tasks is counted
   * @return the input's columns, in order, then the children of the function's result; lazy
   * @throws org.sparkadept.decoder.AdeptException if the text column is absent or of another type,
   *     or the name of a result column is taken
   */
  public static Dataset<Row> score(
      Dataset<Row> input,
      String textColumn,
      ArrowBatchFunction function,
      ScoringOptions options,
      ScoringAccumulator totals) {
    boolean caseSensitive = Boolean.parseBoolean(input.sparkSession().conf().get(CASE_SENSITIVE));
    InputColumns columns = new InputColumns(input.schema(), caseSensitive);
    int text = columns.text(textColumn);
    List<StructField> results =
        ResultColumns.of(function.resultField(), columns, options.outputPrefix());

    Dataset<Row> bytes = input.select(stringsAsBytes(input.schema()));
    StructType scored = bytes.schema();
    for (StructField column : results) {
      scored = scored.add(column);
    }
    MapPartitionsFunction<Row, Row> scoring =
        rows -> new ScoringIterator(rows, text, function, options, totals);
    return bytes
        .mapPartitions(scoring, Encoders.row(scored))
        .select(bytesAsStrings(input.schema(), results));
  }

  private static Column[] stringsAsBytes(StructType schema) {
    List<Column> columns = new ArrayList<>();
    for (StructField field : schema.fields()) {
      Column column = column(field);
      columns.add(
          isString(field)
              ? column.cast(DataTypes.BinaryType).as(field.name(), field.metadata())
              : column);
    }
    return columns.toArray(new Column[0]);
  }

  private static Column[] bytesAsStrings(StructType schema, List<StructField> results) {
    List<Column> columns = new ArrayList<>();
    for (StructField field : schema.fields()) {
      Column column = column(field);
      columns.add(
          isString(field)
              ? column.cast(field.dataType()).as(field.name(), field.metadata())
              : column);
    }
    for (StructField field : results) {
      columns.add(column(field));
    }
    return columns.toArray(new Column[0]);
  }

  private static boolean isString(StructField field) {
    return field.dataType() instanceof StringType;
  }

  private static Column column(StructField field) {
    return functions.col("`" + field.name().replace("`", "``") + "`");
  }
}
