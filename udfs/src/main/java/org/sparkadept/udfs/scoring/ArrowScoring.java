package org.sparkadept.udfs.scoring;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.plan.ArrowFunctions;

/** Scores a data set with a batch function over one text column. */
public final class ArrowScoring {
  private static final String CASE_SENSITIVE = "spark.sql.caseSensitive";

  private ArrowScoring() {}

  /**
   * Adds the function's result to each row. The bounds of a batch, and what becomes of rows with an
   * error, are those of the session's configuration when the rows are computed.
   *
   * @param input any data set
   * @param textColumn name of its STRING column with the text
   * @param function a function of one text
   * @param fields the children of the function's result that are wanted
   * @param prefix put before the name of each of them; may be empty
   * @return the input's columns, in order, then the wanted children of the result; lazy
   * @throws org.sparkadept.decoder.error.AdeptException if the text column is absent or of another
   *     type, or the name of a result column is taken
   */
  public static Dataset<Row> score(
      Dataset<Row> input,
      String textColumn,
      ArrowBatchFunction function,
      List<String> fields,
      String prefix) {
    boolean caseSensitive = Boolean.parseBoolean(input.sparkSession().conf().get(CASE_SENSITIVE));
    InputColumns columns = new InputColumns(input.schema(), caseSensitive);
    Column call = ArrowFunctions.column(function, column(columns.text(textColumn)));
    List<Column> output = new ArrayList<>();
    for (StructField field : input.schema().fields()) {
      output.add(column(field));
    }
    for (String field : fields) {
      String name = prefix + field;
      columns.checkFree(name);
      output.add(call.getField(field).as(name));
    }
    return input.select(output.toArray(new Column[0]));
  }

  private static Column column(StructField field) {
    return functions.col("`" + field.name().replace("`", "``") + "`");
  }
}
