package org.sparkadept.pipeline.sql;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.command.ExplainCommand;
import org.apache.spark.sql.functions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.error.PrintableText;

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
        out.print(PrintableText.lines(classic.showString(most, 0, false)));
      }
    }
  },

  /**
   * A header, then a line for each row, as Spark's {@code to_csv} writes it. A name that several
   * columns have is repeated.
   */
  CSV {
    @Override
    public void print(Dataset<Row> rows, int most, PrintWriter out) {
      Column line = functions.to_csv(row(rows), Map.of("escape", "\""));
      Iterator<String> lines = lines(rows, line);
      boolean any = lines.hasNext(); // a query that fails prints nothing
      out.println(
          Stream.of(rows.columns()).map(ResultFormat::quoted).collect(Collectors.joining(",")));
      while (any) {
        out.println(lines.next());
        any = lines.hasNext();
      }
    }
  },

  /** An object for each row, a line each; NULLs are there. The names of columns must differ. */
  JSON {
    @Override
    public void print(Dataset<Row> rows, int most, PrintWriter out) {
      requireDistinct(rows.columns());
      Column line = functions.to_json(row(rows), Map.of("ignoreNullFields", "false"));
      lines(rows, line).forEachRemaining(out::println);
    }
  };

  /**
   * Prints rows.
   *
   * @param most rows that a table shows at most; says so where there are more
   */
  public abstract void print(Dataset<Row> rows, int most, PrintWriter out);

  /** A row as a struct; its columns are taken by their place, since several may have one name. */
  private static Column row(Dataset<Row> rows) {
    String[] names = rows.columns();
    Column[] columns = new Column[names.length];
    for (int i = 0; i < names.length; i++) {
      columns[i] = functions.col(place(i)).as(names[i]);
    }
    return functions.struct(columns);
  }

  private static Iterator<String> lines(Dataset<Row> rows, Column line) {
    String[] places = new String[rows.columns().length];
    Arrays.setAll(places, ResultFormat::place);
    return rows.toDF(places).select(line).as(Encoders.STRING()).toLocalIterator();
  }

  private static String place(int column) {
    return "c" + column;
  }

  private static String quoted(String name) {
    return name.matches("[^\",\\r\\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static void requireDistinct(String[] names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!seen.add(name)) {
        throw new AdeptException(
            "The result has two columns named '"
                + name
                + "', which a JSON object cannot hold. Give one another name: SELECT … AS name.");
      }
    }
  }
}
