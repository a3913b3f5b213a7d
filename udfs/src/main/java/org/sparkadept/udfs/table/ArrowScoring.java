package org.sparkadept.udfs.table;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.plan.ArrowFunctions;

/** Scores a data set with a batch function over one text column. */
public final class ArrowScoring {
  private static final String PREFIX_REMEDY =
      "Give the result columns a prefix (for instance --output-prefix adept_)";

  private ArrowScoring() {}

  /** As the other, where the text of a row is in one STRING column. */
  public static Dataset<Row> score(
      Dataset<Row> input,
      NamedColumn text,
      ArrowBatchFunction function,
      List<String> fields,
      String prefix) {
    return score(input, TextColumns.of(text), function, fields, prefix);
  }

  /**
   * Adds the function's result to each row. The bounds of a batch, and the treatment of rows with
   * an error, are those of the session's configuration when the rows are computed.
   *
   * @param input any data set
   * @param text where the text of a row is
   * @param function a function of one text
   * @param fields the children of the function's result that are wanted
   * @param prefix put before the name of each of them; may be empty
   * @return the input's columns, in order, then the wanted children of the result; lazy
   * @throws org.sparkadept.decoder.error.AdeptException if a text column is absent or of another
   *     type, or the name of a result column is taken
   */
  public static Dataset<Row> score(
      Dataset<Row> input,
      TextColumns text,
      ArrowBatchFunction function,
      List<String> fields,
      String prefix) {
    InputColumns columns = InputColumns.of(input);
    columns.requireDistinct();
    Column call = ArrowFunctions.column(function, columns.text(text));
    List<Column> output = new ArrayList<>();
    for (StructField field : input.schema().fields()) {
      output.add(InputColumns.column(field));
    }
    for (String field : fields) {
      String name = prefix + field;
      columns.requireFree(name, PREFIX_REMEDY);
      output.add(call.getField(field).as(name));
    }
    return input.select(output.toArray(new Column[0]));
  }
}
