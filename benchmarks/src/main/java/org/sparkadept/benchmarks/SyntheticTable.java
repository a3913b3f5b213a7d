package org.sparkadept.benchmarks;

import static org.apache.spark.sql.functions.expr;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.benchmarks.measure.LocalSpark;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a Parquet table of short made-up texts: every row differs, none is read from a file. */
@Command(
    name = "table",
    description = "Writes a Parquet table of short made-up texts (columns id, text).",
    mixinStandardHelpOptions = true)
final class SyntheticTable implements Callable<Integer> {
  private static final String TEXT =
      "concat("
          + "array('The river', 'The album', 'The village', 'The company', 'The striker',"
          + " 'The novel', 'The beetle', 'The college')[cast(hash(id) & 7 as int)], ' ', id, ' ',"
          + "array('lies in', 'was released in', 'was founded in', 'is known in',"
          + " 'flows through', 'played in', 'is found in', 'was written in')"
          + "[cast(hash(id, 1) & 7 as int)], ' ',"
          + "array('Norway', 'Chile', 'Kenya', 'Poland')[cast(hash(id, 2) & 3 as int)], '.')";

  @Option(names = "--rows", defaultValue = "1000000", description = "Rows (${DEFAULT-VALUE}).")
  private long rows;

  @Option(names = "--files", defaultValue = "16", description = "Files (${DEFAULT-VALUE}).")
  private int files;

  @Option(names = "--output", required = true, description = "Folder to write.")
  private String output;

  @Override
  public Integer call() throws IOException {
    try (SparkSession spark = LocalSpark.session()) {
      spark
          .range(0, rows, 1, files)
          .select(expr("id"), expr(TEXT).as("text"))
          .write()
          .mode(SaveMode.ErrorIfExists)
          .parquet(output);
    }
    return 0;
  }
}
