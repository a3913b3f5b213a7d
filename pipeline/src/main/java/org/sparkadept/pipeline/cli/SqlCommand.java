package org.sparkadept.pipeline.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.job.Sessions;
import org.sparkadept.pipeline.sql.ResultFormat;
import org.sparkadept.pipeline.sql.Statements;
import org.sparkadept.udfs.conf.AdeptConf;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code adept sql}: SQL with {@code adept_classify}. */
@Command(
    name = "sql",
    sortOptions = false,
    abbreviateSynopsis = true,
    header = "Run SQL, with adept_classify.",
    description = {
      "",
      "Runs statements, separated by semicolons, from -e, -f or standard input, in one session, and"
          + " prints the rows of each. Files are tables, too: SELECT … FROM"
          + " parquet.`path/to/table`. Stops at the first statement that fails.",
      ""
    })
final class SqlCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup private final Source source = new Source();

  /** Where the statements stand; standard input if nothing is said. */
  static final class Source {
    @Option(
        names = {"-e", "--execute"},
        paramLabel = "SQL",
        description = "The statements.")
    private String statements;

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "A file with the statements, in UTF-8.")
    private Path file;
  }

  @Option(
      names = "--output-format",
      defaultValue = "table",
      paramLabel = "NAME",
      description = "table, csv or json (one object per line). Default: ${DEFAULT-VALUE}.")
  private ResultFormat format;

  @Option(
      names = "--max-rows",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Maximum number of rows in a table. Default: ${DEFAULT-VALUE}.")
  private int maxRows;

  @Mixin private SessionOptions options;

  @Override
  public Integer call() {
    if (maxRows < 1) {
      throw new ParameterException(spec.commandLine(), "--max-rows must be at least 1.");
    }
    List<String> statements = Statements.of(script());
    if (statements.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "There is no statement; write one after -e, in the file after -f, or to standard input.");
    }
    SparkConf sparkConf = options.sparkConf();
    AdeptConf conf = Sessions.adeptConf(System.getenv(Sessions.CONF_DIR), sparkConf);
    SparkRun.with(
        options,
        sparkConf,
        spec.commandLine().getErr(),
        spark -> {
          SparkSession session = Sessions.withSettings(spark, conf);
          statements.forEach(statement -> run(session, statement));
        });
    return ExitCode.OK;
  }

  private String script() {
    if (source.statements != null) {
      return source.statements;
    }
    try {
      if (source.file != null) {
        return Files.readString(source.file);
      }
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      String name = source.file == null ? "standard input" : source.file.toString();
      throw new AdeptException("The statements in " + name + " cannot be read: " + e, e);
    }
  }

  private void run(SparkSession spark, String statement) {
    Dataset<Row> rows = spark.sql(statement);
    if (rows.columns().length > 0) {
      PrintWriter out = spec.commandLine().getOut();
      format.print(rows, maxRows, out);
      out.flush();
    }
  }
}
