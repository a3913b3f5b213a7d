package org.sparkadept.benchmarks.real;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.fs.FileUtil;
import org.sparkadept.benchmarks.step.Launcher;
import org.sparkadept.benchmarks.step.Step;
import org.sparkadept.benchmarks.step.Steps;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.pipeline.calibrate.RiskTarget;

/** The steps on one data set, each on the same rows. */
final class DataSetRun {
  /** What may be skipped. */
  static final String TF_IDF = "tfidf";

  static final String READ_OUTS = "readouts";
  static final String FROZEN = "frozen";
  static final String TUNED = "tuned";
  static final Set<String> PARTS = Set.of(TF_IDF, READ_OUTS, FROZEN, TUNED);

  private final Subject subject;
  private final DataSetSettings settings;
  private final Path folder;
  private final Launcher launcher;
  private final Steps steps;
  private final SampledRows rows;
  private final SplitShares shares;

  /**
   * What is measured on every data set.
   *
   * @param model the checkpoint's directory, absolute
   * @param modelHash of its files
   * @param data folder of the data sets
   * @param work folder for what is kept, absolute
   * @param program the launcher {@code bin/adept}
   * @param commit of the source tree
   * @param target the guarantee of the fits
   * @param turnSeconds least seconds of a turn where models take turns
   * @param skipped parts that are left out
   */
  record Subject(
      Path model,
      String modelHash,
      Path data,
      Path work,
      Path program,
      String commit,
      RiskTarget target,
      double turnSeconds,
      Set<String> skipped) {}

  /**
   * Prepares the rows.
   *
   * @param progress receives a line for each step
   * @throws org.sparkadept.decoder.error.AdeptException if they cannot be used
   */
  DataSetRun(Subject subject, DataSetSettings settings, Consumer<String> progress)
      throws IOException {
    this.subject = subject;
    this.settings = settings;
    folder = subject.work().resolve(settings.name());
    launcher = new Launcher(subject.program(), folder.resolve("logs"));
    steps =
        new Steps(
            folder.resolve("steps"),
            subject.commit(),
            line -> progress.accept(settings.name() + ": " + line));
    rows =
        SampledRows.of(subject.data().resolve(settings.name()), folder.resolve("rows"), settings);
    shares =
        SplitShares.of(
            settings.name(), rows.train().texts().length, settings.calibration(), subject.target());
  }

  /** Does the steps that are not done yet. */
  DataSetResult run() throws Exception {
    Path directory = folder.resolve("full-depth");
    ModelConfig config = ZeroHead.write(subject.model(), directory, rows.labels());
    Step<TfIdf> tfIdf =
        part(TF_IDF)
            ? steps.run("tf-idf", of("rows", rows.hash()), TfIdf.class, () -> TfIdf.of(rows))
            : null;
    Step<FullDepth> fullDepth =
        steps.run("full-depth", ofPass(), FullDepth.class, () -> fullDepth(directory));
    LayerCosts costs =
        new LayerCosts(config, fullDepth.result().test().rowsByTokens(), rows.labels().size());
    Step<StaticReadOuts> readOuts =
        part(READ_OUTS)
            ? steps.run(
                "read-outs", ofPass(), StaticReadOuts.class, () -> readOuts(directory, costs))
            : null;
    Step<Made> fit = part(FROZEN) ? make("fit", "frozen") : null;
    Step<Fitted> frozen = part(FROZEN) ? evaluate("frozen", fit, costs) : null;
    Step<Timing> frozenTime = part(FROZEN) ? time("frozen", fit, directory) : null;
    Step<Made> tune = part(TUNED) ? make("tune", "tuned") : null;
    Step<Fitted> tuned = part(TUNED) ? evaluate("tuned", tune, costs) : null;
    Step<Timing> tunedTime = part(TUNED) ? time("tuned", tune, directory) : null;
    return new DataSetResult(
        settings.name(),
        rows.train().texts().length,
        rows.test().texts().length,
        rows.labels().size(),
        settings.maxTokens(),
        subject.target().epsilon(),
        shares,
        tfIdf,
        fullDepth,
        readOuts,
        fit,
        frozen,
        frozenTime,
        tune,
        tuned,
        tunedTime);
  }

  private boolean part(String name) {
    return !subject.skipped().contains(name);
  }

  private static Map<String, Object> of(String name, Object value) {
    return new TreeMap<>(Map.of(name, value));
  }

  private Map<String, Object> ofPass() {
    Map<String, Object> settingsOfPass = of("rows", rows.hash());
    settingsOfPass.put("model", subject.modelHash());
    settingsOfPass.put("maxTokens", settings.maxTokens());
    return settingsOfPass;
  }

  private FullDepth fullDepth(Path directory) {
    try (CheckpointPass pass = new CheckpointPass(directory, settings.maxTokens())) {
      return new FullDepth(pass.cost(rows.train().texts()), pass.cost(rows.test().texts()));
    }
  }

  private StaticReadOuts readOuts(Path directory, LayerCosts costs) {
    try (CheckpointPass pass = new CheckpointPass(directory, settings.maxTokens())) {
      return StaticReadOuts.of(pass, rows, costs);
    }
  }

  /** {@code adept fit} or {@code adept tune}. */
  private Step<Made> make(String command, String name) throws Exception {
    Path model = folder.resolve(name);
    Path report = folder.resolve(name + "-report");
    List<String> args = command(command, rows.trainFile(), subject.model(), report);
    args.addAll(List.of("--output", model.toString()));
    args.addAll(List.of("--train-ratio", String.valueOf(shares.train())));
    args.addAll(List.of("--validation-ratio", String.valueOf(shares.validation())));
    args.addAll(List.of("--max-disagreement", String.valueOf(subject.target().epsilon())));
    return steps.run(
        command,
        settingsOf(args, subject.modelHash()),
        Made.class,
        () -> {
          // A model whose step was not kept; the command itself makes new directories only.
          FileUtil.fullyDelete(model.toFile());
          return Made.of(launcher.run(command, args), report);
        });
  }

  private Step<Fitted> evaluate(String name, Step<Made> made, LayerCosts costs) throws Exception {
    Path model = folder.resolve(name);
    Path report = folder.resolve(name + "-report");
    String step = "evaluate-" + name;
    List<String> args = command("evaluate", rows.testFile(), model, report);
    args.addAll(List.of("--unknown-labels", "count"));
    return steps.run(
        step,
        settingsOf(args, made.finished() + " " + made.settings()),
        Fitted.class,
        () -> {
          launcher.run(step, args);
          return Fitted.read(report, model, costs);
        });
  }

  private Step<Timing> time(String name, Step<Made> made, Path checkpoint) throws Exception {
    Map<String, Object> of = ofPass();
    of.put("made", made.finished() + " " + made.settings());
    of.put("turnSeconds", subject.turnSeconds());
    return steps.run(
        "time-" + name,
        of,
        Timing.class,
        () ->
            Timing.of(
                checkpoint,
                folder.resolve(name),
                settings.maxTokens(),
                rows.test().texts(),
                subject.turnSeconds()));
  }

  private List<String> command(String command, Path input, Path model, Path report) {
    List<String> args = new ArrayList<>(List.of(command, "--input", input.toString()));
    args.addAll(List.of("--format", "json", "--input-schema", "text STRING, label STRING"));
    args.addAll(List.of("--model", model.toString(), "--report", report.toString()));
    if (settings.maxTokens() > 0) {
      args.addAll(List.of("--max-tokens", String.valueOf(settings.maxTokens())));
    }
    return args;
  }

  private Map<String, Object> settingsOf(List<String> args, String model) {
    Map<String, Object> of = of("command", launcher.commandLine(args));
    of.put("rows", rows.hash());
    of.put("model", model);
    return of;
  }
}
