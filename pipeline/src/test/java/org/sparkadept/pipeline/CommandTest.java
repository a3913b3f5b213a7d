package org.sparkadept.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of commands share: the Spark session, a model, an empty folder, tables in it. */
public abstract class CommandTest {
  protected final SparkSession spark = TestSpark.session();

  /** Empty when a test begins. */
  @TempDir protected Path folder;

  @TempDir private Path modelFolder;

  /** {@link TestModel}, in a folder of its own. */
  protected Path model;

  /** Where a command reads and writes unless it is given other places; neither is there yet. */
  protected Path input;

  protected Path output;

  @BeforeEach
  void nameFilesAndWriteModel() throws IOException {
    model = TestModel.write(modelFolder);
    input = folder.resolve("in");
    output = folder.resolve("out");
  }

  /** Runs {@code classify}, with the test's input, output and model where none are given. */
  protected CommandRun classify(Object... more) {
    List<Object> given = Arrays.asList(more);
    List<Object> args = new ArrayList<>(List.of("classify"));
    if (!given.contains("-i") && !given.contains("--input")) {
      args.addAll(List.of("--input", input));
    }
    if (!given.contains("-o") && !given.contains("--output")) {
      args.addAll(List.of("--output", output));
    }
    if (!given.contains("--model")) {
      args.addAll(List.of("--model", model));
    }
    args.addAll(given);
    return CommandRun.of(args.toArray());
  }

  /** Rows with the columns {@code id} and {@code text} in two partitions. */
  protected Dataset<Row> texts(long first, long count) {
    return spark
        .range(first, first + count, 1, 2)
        .selectExpr("id", "concat('text number ', id) text");
  }

  /** Adds the rows of a query to the input, a Parquet table. */
  protected void addRows(String query) {
    addRows(spark.sql(query));
  }

  /** Adds rows to the input, a Parquet table. */
  protected void addRows(Dataset<Row> rows) {
    rows.write().mode(SaveMode.Append).parquet(input.toString());
  }

  /** The output, a Parquet table. */
  protected Dataset<Row> result() {
    return spark.read().parquet(output.toString());
  }

  /** The rows of a Parquet table in the order of their ids. */
  protected List<Row> rows(Path table) {
    return spark.read().parquet(table.toString()).orderBy("id").collectAsList();
  }

  /** Names in a folder, hidden ones too, sorted. */
  protected static List<String> names(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those of the names that begin so. */
  protected static List<String> names(Path directory, String prefix) {
    return names(directory).stream().filter(name -> name.startsWith(prefix)).toList();
  }
}
