package org.sparkadept.pipeline.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.sparkadept.decoder.error.PrintableText;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.inspect.ModelReport;
import org.sparkadept.pipeline.inspect.ModelText;
import org.sparkadept.pipeline.job.Sessions;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.model.ModelLocation;
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
    header = "Show what a model directory contains and what you can do with it.",
    description = {
      "",
      "Does not start Spark. For a fitted model, it also checks hashes, which reads the"
          + " weights once.",
      ""
    })
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "The model directory: a path, or a URI.")
  private String model;

  @Option(
      names = "--adapter",
      paramLabel = "DIR",
      description = "A LoRA adapter of PEFT that is merged into the model: a path, or a URI.")
  private String adapter;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--verbose", description = "Print stack traces of failures.")
  private boolean verbose;

  @Override
  public Integer call() {
    AdeptConf conf = Sessions.adeptConf(System.getenv(Sessions.CONF_DIR), new SparkConf());
    ModelLocation location = ModelLocation.of(model, Optional.ofNullable(adapter), conf);
    ObjectNode report = ModelReport.of(location.source());
    if (ModelLocation.isRemote(model)) {
      report.put("path", model);
    }
    if (adapter != null) {
      report.withObject("/adapter").put("path", adapter);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(PrintableText.json(report.toPrettyString()));
      out.flush();
    } else {
      ModelText.print(report, out);
    }
    return ExitCode.OK;
  }
}
