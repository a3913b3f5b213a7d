package org.sparkadept.training;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.training.data.RowFile;
import org.sparkadept.training.evaluate.Evaluator;
import org.sparkadept.training.evaluate.ExitOutcomes;
import org.sparkadept.training.evaluate.ExitReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Command that measures every exit of a model directory, with the weights as they are stored. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = "Prints the accuracy of every exit of a model directory on labelled rows.")
public final class EvaluateModel implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--model", required = true, description = "Model directory.")
  private Path model;

  @Option(names = "--rows", required = true, description = "Labelled rows, .jsonl or .jsonl.gz.")
  private Path rows;

  @Override
  public Integer call() throws IOException {
    ExitOutcomes outcomes = Evaluator.evaluate(model, RowFile.read(rows));
    Map<String, ExitOutcomes> named = Map.of(rows.getFileName().toString(), outcomes);
    PrintWriter out = spec.commandLine().getOut();
    out.println(ExitReport.perExit(named));
    try (ModelDirectory directory = ModelDirectory.open(model)) {
      AdeptParts parts = directory.adept().orElseThrow();
      if (parts.policy() == PolicyKind.CONFIDENCE) {
        out.println(ExitReport.atThreshold(named, parts.threshold()));
      }
    }
    out.flush();
    return 0;
  }
}
