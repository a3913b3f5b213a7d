package org.sparkadept.pipeline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.inspect.ModelReport;
import org.sparkadept.pipeline.inspect.ModelText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code adept inspect}: what a model directory holds. */
@Command(
    name = "inspect",
    sortOptions = false,
    abbreviateSynopsis = true,
    header = "Tell what a model directory holds and can do.",
    description = {"", "Reads the small files and the headers of the weights; needs no Spark.", ""})
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The model directory.")
  private Path model;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--verbose", description = "Stack traces of failures.")
  private boolean verbose;

  @Override
  public Integer call() {
    ObjectNode report = ModelReport.of(model);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(report.toPrettyString());
      out.flush();
    } else {
      ModelText.print(report, out);
    }
    return ExitCode.OK;
  }
}
