package org.sparkadept.benchmarks.real;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.sparkadept.benchmarks.step.LauncherOption;
import org.sparkadept.benchmarks.step.SourceTree;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.adept.ModelFiles;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.calibrate.RiskTarget;
import org.sparkadept.pipeline.output.PartFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A pretrained checkpoint, from labelled rows to answers, beside what else could be done. */
@Command(
    name = "real",
    description = {
      "A pretrained checkpoint on labelled rows, end to end: TF-IDF with logistic regression, a",
      "pass through all layers, static read-outs after single layers, what 'adept fit' makes of",
      "the frozen checkpoint, and what 'adept tune' makes of it. All on the same rows. Each data",
      "set is a folder with train.jsonl.gz and test.jsonl.gz, whose lines have the fields text and",
      "label. Every step is kept in --work: a run that was killed goes on where it was. Prints",
      "tables, and writes results.md, results.json and results.svg after each data set."
    },
    mixinStandardHelpOptions = true)
public final class RealBenchmark implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(names = "--model", required = true, description = "Checkpoint without exits.")
  private Path model;

  @Option(names = "--data", required = true, description = "Folder of the data sets.")
  private Path data;

  @Mixin private DataSetOptions dataSets;

  @Option(
      names = "--skip",
      split = ",",
      description = "Parts to leave out: tfidf, readouts, frozen, tuned.")
  private Set<String> skipped = Set.of();

  @Option(
      names = "--max-disagreement",
      defaultValue = "" + RiskTarget.DEFAULT_EPSILON,
      description = "The guarantee of the fits (${DEFAULT-VALUE}).")
  private double maxDisagreement;

  @Option(
      names = "--turn-seconds",
      defaultValue = "1",
      description = "Least seconds of a turn where models take turns (${DEFAULT-VALUE}).")
  private double turnSeconds;

  @Option(
      names = "--work",
      required = true,
      description = "Folder for finished steps, models and logs.")
  private Path work;

  @Option(names = "--output", required = true, description = "Folder for the results.")
  private Path output;

  @Mixin private LauncherOption adept;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    check();
    PrintWriter err = spec.commandLine().getErr();
    Path program = adept.program();
    DataSetRun.Subject subject =
        new DataSetRun.Subject(
            model.toAbsolutePath().normalize(),
            ModelFiles.hash(ModelSource.of(model)),
            data,
            work.toAbsolutePath().normalize(),
            program,
            SourceTree.commit(Path.of(System.getProperty("adept.home", "."))),
            new RiskTarget(RiskTarget.Kind.DISAGREEMENT, maxDisagreement, RiskTarget.DEFAULT_DELTA),
            turnSeconds,
            skipped);
    List<DataSetRun> runs = new ArrayList<>();
    for (DataSetSettings settings : dataSets.settings()) {
      runs.add(
          new DataSetRun(
              subject,
              settings,
              line -> {
                err.println(line);
                err.flush();
              }));
    }
    List<DataSetResult> results = new ArrayList<>();
    for (DataSetRun run : runs) {
      results.add(run.run());
      write(subject, results);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(ResultText.of(results(subject, results)));
    out.printf("%nThe results are in %s%n", output);
    out.flush();
    return 0;
  }

  private void check() {
    for (String part : skipped) {
      if (!DataSetRun.PARTS.contains(part)) {
        throw new AdeptException(
            "--skip names some of tfidf, readouts, frozen and tuned, but not '" + part + "'.");
      }
    }
    if (Files.exists(model.resolve(AdeptFormat.JSON_FILE))) {
      throw new AdeptException(
          model + " has exits already (adept.json); name a checkpoint without.");
    }
  }

  private Results results(DataSetRun.Subject subject, List<DataSetResult> results) {
    Map<String, List<Check>> checks = new LinkedHashMap<>();
    results.forEach(result -> checks.put(result.name(), Checks.of(result)));
    List<String> command = new ArrayList<>(List.of("benchmarks/run"));
    command.addAll(spec.root().commandLine().getParseResult().originalArgs());
    return new Results(
        command,
        subject.commit(),
        Machine.here(),
        subject.model().toString(),
        subject.modelHash(),
        results,
        checks);
  }

  private void write(DataSetRun.Subject subject, List<DataSetResult> results) throws IOException {
    Results all = results(subject, results);
    write("results.json", JSON.writeValueAsBytes(all));
    write("results.md", ResultText.of(all).getBytes(StandardCharsets.UTF_8));
    write("results.svg", Picture.of(results).getBytes(StandardCharsets.UTF_8));
  }

  private void write(String name, byte[] content) {
    try (PartFile part = new PartFile("results", output.toAbsolutePath().resolve(name))) {
      part.write(content);
      part.putInPlace();
    }
  }
}
