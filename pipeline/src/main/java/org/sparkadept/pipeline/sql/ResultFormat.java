package org.sparkadept.pipeline.sql;

import java.io.PrintWriter;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.command.ExplainCommand;
import org.apache.spark.sql.functions;
import org.sparkadept.udfs.table.InputColumns;

/** How rows are printed. */
public enum ResultFormat {
  /** A table to look at; values are not cut. A plan ({@code EXPLAIN}) is printed as it is. */
  TABLE {
    @Override
    public void print(Dataset<Row> rows, int most, PrintWriter out) {
      org.apache.spark.sql.classic.Dataset<Row> classic =
          (org.apache.spark.sql.classic.Dataset<Row>) rows;
      if (classic.queryExecution().logical() instanceof ExplainCommand) {
        rows.collectAsList().forEach(row -> out.println(row.get(0)));
      } else {
        out.print(classic.showString(most, 0, false));
      }
    }
  },

  /** A header, then a line for each row, as Spark's {@code to_csv} writes it. */
  CSV {
    @Override
    public void print(Dataset<Row> rows, int most, PrintWriter out) {
      String[] names = rows.columns();
      for (int i = 0; i < names.length; i++) {
        boolean plain = names[i].matches("[^\",\\r\\n]*");
        out.print(i == 0 ? "" : ",");
        out.print(plain ? names[i] : '"' + names[i].replace("\"", "\"\"") + '"');
      }
      out.println();
      Map<String, String> options = Map.of("escape", "\"");
      printLines(rows, functions.to_csv(functions.struct(all(rows)), options), out);
    }
  },

  /** An object for each row, a line each; NULLs are there. */
  JSON {
    @Override
    public void print(Dataset<Row> rows, int most, PrintWriter out) {
      Map<String, String> options = Map.of("ignoreNullFields", "false");
      printLines(rows, functions.to_json(functions.struct(all(rows)), options), out);
    }
  };

  /**
   * Prints rows.
   *
   * @param most rows that a table shows at most; says so where there are more
   */
  public abstract void print(Dataset<Row> rows, int most, PrintWriter out);

  private static Column[] all(Dataset<Row> rows) {
    String[] names = rows.columns();
    Column[] columns = new Column[names.length];
    for (int i = 0; i < names.length; i++) {
      columns[i] = InputColumns.column(names[i]);
    }
    return columns;
  }

  private static void printLines(Dataset<Row> rows, Column line, PrintWriter out) {
    Iterator<String> lines = rows.select(line).as(Encoders.STRING()).toLocalIterator();
    while (lines.hasNext()) {
      out.println(lines.next());
    }
  }
}
