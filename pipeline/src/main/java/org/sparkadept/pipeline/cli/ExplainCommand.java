package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.explain.Explainer;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.job.InputReader;
import org.sparkadept.pipeline.job.InputSpec;
import org.sparkadept.pipeline.report.data.Explanation;
import org.sparkadept.pipeline.report.text.ExplanationText;
import org.sparkadept.udfs.table.InputColumns;
import org.sparkadept.udfs.table.TextColumns;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code adept explain}: how an answer grows with the depth. */
@Command(
    name = "explain",
    sortOptions = false,
    abbreviateSynopsis = true,
    header = "Show the prediction for a text at each exit layer.",
    description = {
      "",
      "Prints label, probability and exit decision at each exit layer, and the layer"
          + " after which each token exited. Only --input starts Spark.",
      ""
    })
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Source source;

  /** Where the texts come from. */
  static final class Source {
    @Option(names = "--text", paramLabel = "TEXT", description = "The text.")
    private String text;

    @Option(
        names = {"-i", "--input"},
        paramLabel = "PATH",
        description = "A table with texts: a path, or a name with format table or jdbc.")
    private String input;
  }

  @Option(
      names = "--rows",
      defaultValue = "1",
      paramLabel = "N",
      description = "Number of rows of --input to explain. Default: ${DEFAULT-VALUE}.")
  private int rows;

  @Mixin private InputOptions table;
  @Mixin private ReportOptions report;
  @Mixin private final KeyOptions model = KeyOptions.ofAnswers();
  @Mixin private SparkOptions options;

  @Override
  public Integer call() {
    if (rows < 1) {
      throw new ParameterException(spec.commandLine(), "--rows must be at least 1.");
    }
    report.check();
    SparkConf sparkConf = options.sparkConf();
    try (Explainer explainer = new Explainer(model.conf(sparkConf))) {
      List<String> texts = new ArrayList<>();
      if (source.text != null) {
        if (explainer.textColumns().size() > 1) {
          throw new ParameterException(
              spec.commandLine(),
              "The model's prompt reads the columns "
                  + String.join(", ", explainer.textColumns())
                  + ", and --text is one text; use --input.");
        }
        texts.add(source.text);
      } else {
        PrintWriter err = spec.commandLine().getErr();
        List<String> columns = explainer.textColumns();
        SparkRun.with(options, sparkConf, err, spark -> texts.addAll(read(spark, columns)));
      }
      for (int i = 0; i < texts.size(); i++) {
        show(explainer.explain(texts.get(i)), texts.size() == 1 ? "" : "-" + (i + 1));
      }
    }
    return ExitCode.OK;
  }

  private List<String> read(SparkSession spark, List<String> ofPrompt) {
    InputSpec rowsToRead = table.spec(List.of(source.input));
    TextColumns columns = rowsToRead.text(ofPrompt);
    Dataset<Row> input = InputReader.open(spark, rowsToRead);
    Column text = InputColumns.of(input.schema()).text(columns);
    List<Row> found = input.select(text).where(text.isNotNull()).limit(rows).collectAsList();
    if (found.isEmpty()) {
      throw new AdeptException(
          source.input + " has no row with a text in column '" + columns + "'.");
    }
    return found.stream().map(row -> row.getString(0)).toList();
  }

  private void show(Explanation explanation, String number) {
    PrintWriter out = spec.commandLine().getOut();
    if (!options.quiet) {
      ExplanationText.print(explanation, options.terminal().columns(), out);
    }
    report.write(explanation, "explanation" + number, out);
    out.flush();
  }
}
