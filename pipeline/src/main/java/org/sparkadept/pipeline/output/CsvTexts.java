package org.sparkadept.pipeline.output;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.table.InputColumns;

/** Texts that are written as csv: those that Spark could not read again are refused. */
final class CsvTexts {
  private CsvTexts() {}

  /**
   * The same rows; computing one whose text csv cannot hold fails with an {@link AdeptException}.
   */
  static Dataset<Row> checked(Dataset<Row> rows) {
    List<Column> columns = new ArrayList<>();
    for (StructField field : rows.schema().fields()) {
      Column column = InputColumns.column(field);
      columns.add(
          field.dataType() instanceof StringType
              ? functions
                  .udf(check(field.name()), DataTypes.StringType)
                  .apply(column)
                  .as(field.name())
              : column);
    }
    return rows.select(columns.toArray(Column[]::new));
  }

  private static UDF1<String, String> check(String column) {
    return text -> {
      if (text != null && (text.indexOf('\0') >= 0 || text.equals(FileFormats.NOT_A_CHARACTER))) {
        throw new AdeptException(
            "Column "
                + column
                + " has a text with the character U+0000 or of U+FFFF alone, which csv cannot hold."
                + " Choose another --output-format.");
      }
      return text;
    };
  }
}
