package org.sparkadept.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sparkadept.training.data.EncodedRow;
import org.sparkadept.training.data.RowFile;
import org.sparkadept.training.evaluate.Evaluator;
import org.sparkadept.training.evaluate.ExitOutcomes;
import org.sparkadept.training.evaluate.ExitReport;
import org.sparkadept.training.export.ModelDirectory;
import org.sparkadept.training.model.ModelShape;
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

  @Option(names = "--threads", description = "Threads of PyTorch (${DEFAULT-VALUE}).")
  private int threads = 2;

  @Override
  public Integer call() throws IOException {
    ModelDirectory directory = new ModelDirectory(model);
    ModelShape shape = directory.shape();
    List<EncodedRow> encoded =
        EncodedRow.encode(
            RowFile.read(rows), directory.labels(), directory.tokenizer(), shape.maxPositions());
    Engine engine = Training.pyTorch(threads);
    try (NDManager manager = engine.newBaseManager()) {
      ExitOutcomes outcomes =
          Evaluator.evaluate(manager, shape, directory.weights(manager), encoded);
      Map<String, ExitOutcomes> named = Map.of(rows.getFileName().toString(), outcomes);
      PrintWriter out = spec.commandLine().getOut();
      out.println(ExitReport.perExit(named));
      directory
          .confidence()
          .ifPresent(threshold -> out.println(ExitReport.atThreshold(named, threshold)));
      out.flush();
    }
    return 0;
  }
}
